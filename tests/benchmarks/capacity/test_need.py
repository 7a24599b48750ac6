"""The needs of a scale follow from measurements and assumptions, as on the committed page."""

from __future__ import annotations

import pytest

from benchmarks.capacity.inputs import asked, figures, measured
from benchmarks.capacity.need import Limit, Need

NEEDS = {each.name: Need(each, measured(), figures("assumed"), figures("prices")) for each in asked()}


def test_what_was_measured_is_read_from_the_pages() -> None:
    found = measured()
    assert 1e-4 < found.live < 0.1
    assert 0.01 < found.restore < 0.2
    assert found.of_line("day, bytes", 20) < found.of_line("day, bytes", 200) < found.of_line("day, bytes", 2_000)


@pytest.mark.slow
def test_a_nation_needs_more_than_an_office_and_one_worker_may_be_away() -> None:
    office, nation = NEEDS["an office"], NEEDS["101 prefectures"]
    assert nation.peak > 20 * office.peak
    assert nation.ledger_a_year > 20 * office.ledger_a_year
    assert nation.cost > office.cost
    for each in NEEDS.values():
        assert each.workers >= 2
        assert each.partitions >= 4 * (each.workers - 1) or each.partitions == 384


def test_twice_as_many_offices_are_twice_as_near_to_each_limit() -> None:
    nation = NEEDS["101 prefectures"]
    twice = Need(nation.scale._replace(sites=202), nation.measured, nation.assumed, nation.prices)
    assert twice.report(3) == pytest.approx(2 * nation.report(3))
    assert twice.states == pytest.approx(2 * nation.states)


def test_what_does_not_grow_is_no_part_of_the_growth() -> None:
    assert Limit("restore", growing=1.0, end=61.0, fixed=1.0).growth == 60.0
