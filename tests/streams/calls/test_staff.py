"""Agents at work in each quarter of an hour and their occupancy, with talks made by hand."""

from __future__ import annotations

import pytest

from streams.calls.call import agent_number
from streams.calls.rules import LineRules
from streams.calls.staff import MAX_AGENTS, OTHERS, Staff
from streams.desks.line import Line
from streams.kept.times import QUARTER_MS
from tests.streams.telling import event

RULES = LineRules(site="lozere", line="circulation")
ANNE, BRUNO = agent_number("anne"), agent_number("bruno")


def line_of(*talks: tuple[str | None, float, float | None]) -> Line:
    line = Line(RULES)
    for number, (agent, at, talk) in enumerate(talks):
        line.fold(event("answered", at, str(number), agent=agent, wait=1))
        if talk is not None:
            line.fold(event("ended", at + talk, str(number), talk=talk))
    return line


@pytest.mark.parametrize("settled", [False, True])
def test_a_talk_is_spread_over_the_quarters_that_it_covers(settled: bool) -> None:  # noqa: FBT001 -- a parameter
    line = line_of(("anne", 600, 1500), ("bruno", 1000, 0), ("bruno", 1100, None), ("anne", 1799, 1))
    if settled:
        line.advance(10**9)
        line.check()
    staff = line.figures.staff()
    assert staff.slots == {
        0: {ANNE: (1, 300_000)},
        1: {ANNE: (2, 901_000), BRUNO: (2, 0)},
        2: {ANNE: (1, 300_000)},
    }
    assert staff.by_hour() == {0: 4}
    assert staff.occupancy == 1_501_000 / (4 * QUARTER_MS)


def test_without_agents_nothing_is_known() -> None:
    assert line_of((None, 600, 100)).figures.staff().occupancy is None


def test_who_only_rang_or_lost_a_call_was_not_at_work() -> None:
    line = Line(RULES)
    for kind in ("ringing", "lost", "diverted"):
        line.fold(event(kind, 100, agent="anne"))
    line.fold(event("ended", 200, "2", agent="anne"))
    assert line.figures.staff().slots == {}


def test_a_correction_takes_a_talk_out_from_where_it_was_put() -> None:
    line = line_of(("anne", 3600, 60), ("anne", 4000, 60))
    line.advance(10**9)
    line.fold(event("answered", 1000, "0"))  # it was answered earlier, so its talk was another
    line.check()
    assert line.figures.staff().slots == {1: {ANNE: (1, 60_000)}, 4: {ANNE: (1, 60_000)}}


def test_what_lies_a_day_back_is_summed_and_what_comes_for_it_later_changes_no_occupancy() -> None:
    line = line_of(("anne", 600, 1500), ("bruno", 1000, 300), ("anne", 200_000, 900), ("anne", 300_000, 90))
    line.advance(10**9)
    staff = line.state.depth.staff
    assert (staff.staffed, staff.talked, staff.by_hour()[0]) == (6 * QUARTER_MS, 2_700_000, 4)
    occupancy, hours = staff.occupancy, staff.by_hour()
    line.fold(event("answered", 1000, "late", agent="claire", talk=100))
    line.advance(10**9)
    line.check()
    assert (staff.occupancy, staff.by_hour(), staff.unplaced) == (occupancy, hours, 100_000)


def test_agents_beyond_the_cap_are_as_one_and_leave_again() -> None:
    line = line_of(*((f"agent {number}", 10 + number, 1.0) for number in range(MAX_AGENTS + 5)))
    line.advance(10**9)
    line.check()
    (slot,) = line.state.depth.staff.slots.values()
    assert (len(slot), slot[OTHERS]) == (MAX_AGENTS + 1, (5, 5_000))
    staff = line.state.depth.staff
    for call in [*line.state.young.values()]:
        staff.add(call, -1)
    assert staff.slots == {0: {}}


def test_a_talk_of_a_year_takes_no_more_room_than_a_day() -> None:
    line = line_of(("anne", 10, 31_536_000.0))
    line.advance(4 * 10**10)
    assert len(line.state.depth.staff.slots) == 97


def test_nothing_seen_is_no_staff() -> None:
    assert (Staff().occupancy, Staff().by_hour()) == (None, {})
