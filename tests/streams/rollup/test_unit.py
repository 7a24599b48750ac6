"""A unit is the sum of its offices: it names what it leaves out, and their order does not matter."""

from __future__ import annotations

from random import Random

import msgspec

from streams.rollup.unit import rollup
from tests.streams.rollup.made import MONTH, SLOTS, TODAY, doubted, nation, office, silent


def test_counts_are_summed_and_rates_are_of_the_sums() -> None:
    found = nation(office("a", circulation=(100, 1)), office("b", circulation=(10, 5)))
    line = found.nation.lines["circulation"]
    assert (line.calls.raw.offered, line.calls.raw.lost) == (110 * SLOTS, 6 * SLOTS)
    assert line.rates["lost_rate"].raw.value == 6 / 110, "the mean of both rates would be 0.255"
    assert found.nation.all_lines.calls.raw.offered == 150 * SLOTS
    assert found.nation.all_lines.calls.believed == found.nation.all_lines.calls.raw
    assert line.rates["answer_rate"].raw.value == 104 / 110


def test_units_are_the_regions_and_departments_that_offices_name() -> None:
    found = nation(
        office("a", region="North", department="A"),
        office("b", region="North", department="A"),
        office("c", region="South", department="C"),
        office("d", region=None),
    )
    assert found.nation.sites == ["a", "b", "c", "d"]
    assert {name: unit.sites for name, unit in found.regions.items()} == {"North": ["a", "b"], "South": ["c"]}
    assert found.departments["A"].region == "North"
    assert [each.kind for each in found.units()][:3] == ["nation", "region", "region"]
    assert found.offices["c"].department == "C"
    assert found.retired == ["closed"]
    parts = [found.regions[name].all_lines.calls.raw.offered for name in ("North", "South")]
    assert sum(parts) + found.offices["d"].all_lines.calls.raw.offered == found.nation.all_lines.calls.raw.offered


def test_a_line_that_is_part_of_another_is_not_counted_twice() -> None:
    two = office("a", circulation=(50, 10), standard=(20, 1))._replace(apart={"standard"})
    found = nation(two, office("b", circulation=(50, 1), standard=(20, 0)))
    assert found.nation.all_lines.calls.raw.offered == (50 + 50 + 20) * SLOTS
    assert found.offices["a"].all_lines.rates["lost_rate"].corrected.value == 0.2
    assert found.nation.lines["standard"].calls.raw.offered == 40 * SLOTS, "it stays a line of its own"
    (point,) = (each for each in found.nation.funnel.points if each.site == "a")
    assert point.offered == 50 * SLOTS


def test_an_office_alone_has_the_figures_of_its_own_report() -> None:
    alone = office("a", circulation=(50, 2))
    unit = nation(alone).offices["a"]
    (own,) = (each for each in alone.annual.indicators if each.id == "lost_rate:circulation")
    rate = unit.lines["circulation"].rates["lost_rate"]
    assert (rate.raw, rate.corrected) == (own.raw, own.corrected)
    assert unit.counters.wait.mean == alone.annual.services["cartes"].wait.mean


def test_a_silent_office_is_told_and_lowers_the_coverage() -> None:
    found = nation(office("a"), office("b"), office("c"), office("d"), silent("e"))
    assert found.nation.silent == ["e"]
    assert found.nation.lines["circulation"].silent == ["e"]
    rate = found.nation.all_lines.rates["lost_rate"]
    assert rate.coverage == 0.8
    assert rate.corrected.value is not None
    assert rate.corrected.status == "E"
    assert found.departments["e"].withheld
    assert found.departments["e"].all_lines.rates["lost_rate"].corrected.value is None


def test_below_three_quarters_of_its_hours_a_unit_has_no_corrected_figure() -> None:
    found = nation(office("a"), office("b"), silent("c"))
    rate = found.nation.all_lines.rates["lost_rate"]
    assert rate.guard is not None
    assert (rate.corrected.value, rate.corrected.status, rate.guard.reason) == (None, "Q", "coverage")
    assert rate.raw.value == 1 / 70, "what was counted stays"


def test_an_office_that_was_counted_in_a_part_of_the_period_covers_that_part() -> None:
    late = office("b", first=MONTH.first.replace(day=16))
    found = nation(office("a"), late)
    hours = late.annual.lines["circulation"].slots / SLOTS
    assert found.nation.lines["circulation"].rates["lost_rate"].coverage == (1 + hours) / 2
    assert found.offices["b"].lines["circulation"].rates["lost_rate"].coverage == 1, "as its own report has it"


def test_what_is_withheld_is_said_with_what_it_could_change() -> None:
    found = nation(*(office(name) for name in "abcdef"), doubted("x"))
    line = found.nation.all_lines
    (part,) = line.rates["lost_rate"].withheld
    assert (part.site, part.line, part.guard.reason, part.calls) == ("x", "circulation", "undecided", 50 * SLOTS)
    known = 6 * 70 + 20
    assert line.calls.believed.offered == known * SLOTS
    assert line.rates["lost_rate"].corrected.value == 6 / known
    assert line.rates["lost_rate"].could_be == (6 / (known + 50), 56 / (known + 50))
    assert (part.low, part.high) == line.rates["lost_rate"].could_be
    point = next(each for each in found.nation.funnel.points if each.site == "x")
    assert (point.verdict, point.guard is not None) == (None, True)


def test_services_and_channels_are_sums_too() -> None:
    found = nation(office("a", minutes=10), office("b", minutes=30), silent("c")).nation
    days = found.services["cartes"].wait.count // 2
    assert found.services["cartes"].wait.mean == 20 * 60
    assert (found.counters.issued, found.counters.no_show) == (4 * days, 2 * days)
    assert found.services["cartes"].silent == ["c"]
    email = found.channels["email"]
    assert (email.received, email.within_target, email.mean_days) == (20, 0.6, 3.0)


def test_no_order_of_the_offices_changes_a_figure() -> None:
    every = [office("a"), office("b", circulation=(40, 3)), doubted("c"), silent("d"), office("e", region="South")]
    first = msgspec.json.encode(nation(*every))
    for seed in range(5):
        Random(seed).shuffle(every)
        assert msgspec.json.encode(rollup(every, MONTH, TODAY, "Nation", ["closed"])) == first


def test_a_region_of_few_offices_is_judged_among_all() -> None:
    found = nation(*(office(name, region="North") for name in "abcde"), office("f", region="South"))
    assert found.judging(found.regions["North"]) is found.regions["North"]
    assert found.judging(found.regions["South"]) is found.nation
