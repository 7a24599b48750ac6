"""A finished slot follows the later outcomes of its calls, so that a correction removes only calls that raw counts."""

from __future__ import annotations

from streams.desks.line import Line
from streams.kept.mark import LATE
from streams.watch.slot import Slot, sum_of
from tests.streams.telling import event
from tests.streams.watch.telling import Telling, incidents, opening, slot_no


def every_slot(line: Line) -> Slot:
    return sum_of(slot for day in line.state.watch.days.values() for slot in day.values())


def test_a_slot_that_is_over_counts_what_its_calls_come_to_later() -> None:
    told = Telling()
    for number in range(3):
        told.day(number)
    told.call("offered", opening(0) + 30)
    late = f"{told.calls}"
    line = told.folded()
    assert every_slot(line).pending == 1
    line.fold(event("lost", opening(0) + 75, late))
    assert (every_slot(line).pending, every_slot(line).lost) == (0, 4)
    kept = line.state.watch.days[line.rules.day(round(opening(0) * 1000))][slot_no(opening(0))]
    assert (kept.overdue, kept.offered) == (1, 4)


def test_a_slot_that_is_over_counts_late_calls_and_gives_up_those_that_began_earlier() -> None:
    told = Telling()
    for number in range(3):
        told.day(number)
    line = told.folded()
    first, before = slot_no(opening(1)), every_slot(line)
    day = line.state.watch.days[line.rules.day(round(opening(1) * 1000))]
    assert line.fold(event("answered", opening(1) + 60, "late", wait=10)) == LATE
    assert (day[first].offered, day[first].answered) == (4, 4 - (day[first].lost))
    line.fold(event("offered", opening(1) + 1800, "late"))
    assert (day[first].offered, day[first + 2].offered) == (3, 4)
    after = every_slot(line)
    assert (after.offered, after.answered) == (before.offered + 1, before.answered + 1)


def test_a_sum_of_slots_in_quarantine_counts_what_their_calls_come_to_later() -> None:
    told = Telling()
    for number in range(60):
        told.day(number)
    for number in range(6):
        told.call("lost", opening(5) + number * 300 + 30, talk=60)
    told.call("offered", opening(5) + 90)
    line = told.folded()
    held = line.state.watch.mended[incidents(line)[0].id]
    assert (held.pending, held.lost, held.answered) == (1, 6, 6)
    line.fold(event("answered", opening(5) + 110, f"{told.calls}", wait=20))
    assert (held.pending, held.lost, held.answered) == (0, 6, 7)
