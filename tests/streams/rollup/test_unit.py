"""A unit is the sum of its offices: it names what it leaves out, and their order does not matter."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from msgspec.structs import replace

from streams.indicators.closing import ClosingTime
from streams.indicators.service import BookedVisits
from streams.kept.times import QUARTER_MS
from streams.rollup.desk import BookedSum
from streams.rollup.office import ClosingSum, RolledOffice
from streams.rollup.unit import rollup
from streams.watch.incident import Incident
from tests.streams.indicators.telling import days, incident, slot_at
from tests.streams.indicators.test_sums import BOTH, LATER, PERIOD, made
from tests.streams.rollup.made import FIRST, LAST, MONTH, SLOTS, TODAY, doubted, nation, office, silent


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


def test_the_demand_around_closing_is_summed_over_the_offices_that_know_it() -> None:
    one, two = office("a"), office("b", region="South")._replace(apart={"standard"})
    one.annual.lines["circulation"].closings = [ClosingTime("12:00", 5, [4, 3, 2, 1]), ClosingTime("17:00", 9, [1] * 4)]
    for name, desks in (
        ("circulation", two.annual.lines),
        ("standard", two.annual.lines),
        ("cartes", two.annual.services),
    ):
        desks[name].closings = [ClosingTime("16:00", 5, [10, 20, 30, 40])]
    found = nation(one, two, office("c"))
    assert found.nation.all_lines.closing == ClosingSum(["a", "b"], 9 + 30, 5 + 70), "standard is in circulation"
    assert found.nation.lines["standard"].closing == ClosingSum(["b"], 30, 70)
    assert (
        found.nation.counters.closing == found.regions["South"].services["cartes"].closing == ClosingSum(["b"], 30, 70)
    )
    assert (found.regions["North"].counters.closing, found.offices["c"].all_lines.closing) == (None, None)


def test_visits_with_an_appointment_are_summed_over_the_offices_that_name_them() -> None:
    one, two = office("a"), office("b", region="South")
    one.annual.services["cartes"].booked = BookedVisits(9, 6, 2, 60.0, None, 8, 0)
    two.annual.services["cartes"].booked = BookedVisits(4, 3, 1, 120.0, 60.0, 4, 5)
    found = nation(one, two, office("c"))
    assert found.nation.counters.booked == BookedSum(["a", "b"], 13, 9, 3, 80.0, 60.0)
    assert found.regions["South"].services["cartes"].booked == BookedSum(["b"], 4, 3, 1, 120.0, 60.0)
    assert found.offices["c"].counters.booked is None


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
    assert (part.site, part.desk, part.guard.reason, part.calls) == ("x", "circulation", "undecided", 50 * SLOTS)
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


def unit_fault() -> Incident:
    """Return an incident of a counter whose waits were divided by 60 on the month's last four days."""
    first = MONTH.first.replace(day=28)
    return incident(first, LAST, line="cartes", desk="service", cause="waits too short", kind="unit")


def test_a_counter_s_miscount_is_in_no_corrected_sum() -> None:
    found = nation(office("a", minutes=10), office("b", minutes=30, incidents=[unit_fault()]))
    wait, days_of_b = found.nation.services["cartes"].rates["wait"], len(days(FIRST, LAST)) - 4
    days_of_a = len(days(FIRST, LAST))
    assert wait.raw.value == 20
    assert wait.raw.status == "U"
    assert wait.corrected.value == pytest.approx((10 * days_of_a + 30 * days_of_b) / (days_of_a + days_of_b))
    assert wait.coverage == pytest.approx((1 + days_of_b / days_of_a) / 2)
    assert wait.corrected.value is not None
    assert wait.corrected.low is not None
    assert wait.corrected.low < wait.corrected.value
    own = found.offices["b"].services["cartes"].rates["wait"]
    alone = office("b", minutes=30, incidents=[unit_fault()]).annual
    (report,) = (each for each in alone.indicators if each.kind == "wait")
    assert (own.corrected.value, own.coverage) == (report.corrected.value, report.coverage)


def test_a_withheld_counter_is_named_and_lowers_the_coverage() -> None:
    doubt = replace(unit_fault(), start=slot_at(FIRST, 0) * QUARTER_MS, verdict="undecided")
    sound = [office(name) for name in "abc"]
    found = nation(*sound, office("d", minutes=60, incidents=[doubt]))
    wait = found.nation.counters.rates["wait"]
    assert [(each.site, each.desk, each.guard.reason, each.low) for each in wait.withheld] == [
        ("d", "cartes", "undecided", None)
    ]
    assert (wait.coverage, wait.corrected.value, wait.could_be) == (0.75, 10.0, None)
    alone = nation(office("a"), office("d", minutes=60, incidents=[doubt])).nation.counters.rates["wait"]
    assert (alone.corrected.value, alone.guard and alone.guard.reason) == (None, "coverage")
    assert alone.raw.value == 35, "raw figures stay"


def test_an_office_s_sum_of_services_is_not_counted_twice() -> None:
    found = rollup([RolledOffice(made(BOTH), "Office a", opened=SLOTS)], PERIOD, LATER).nation
    assert found.services["ensemble"].rates["wait"].corrected.value == 9.0
    assert found.counters.rates["wait"].corrected.value == 9.0
    assert found.counters.issued == found.services["ensemble"].issued == 12 * len({each.day for each in BOTH})
    assert "titres" in found.channels
