"""A day by the quarter of an hour: counted beside believed, as the figures of a year have it."""

from __future__ import annotations

from datetime import date

from streams.calls.counts import Counts
from streams.indicators.today import believed, quarters
from streams.ledger.day import CallSlot, LineDay
from tests.streams.indicators.telling import incident, opened, slot_at

DAY = date(2013, 9, 3)
FIRST = slot_at(DAY, 9)
SLOT = CallSlot(offered=10, answered=5, lost=5, within=3, talked=4)
TOLD = LineDay(
    id="lozere/circulation", day=DAY.isoformat(), slots={FIRST: SLOT, FIRST - 8: CallSlot(offered=9, lost=9)}
)


def test_a_day_has_its_open_quarters_called_or_not() -> None:
    found = quarters(TOLD, [], opened, DAY)
    assert [each.slot_no for each in found] == list(opened(DAY))
    assert found[0] == (FIRST, Counts(10, 5, 5), 3, Counts(10, 5, 5))
    assert believed(found) == Counts(10, 5, 5)
    assert believed(quarters(None, [], opened, DAY)) == Counts()


def test_the_calls_that_a_law_names_are_recounted() -> None:
    found = quarters(TOLD, [incident(DAY, DAY, kind="answered-as-lost")], opened, DAY)
    assert (found[0].raw, found[0].believed) == (Counts(10, 5, 5), Counts(10, 9, 1))


def test_where_no_law_names_them_nothing_of_the_stretch_is_believed() -> None:
    found = quarters(TOLD, [incident(DAY, DAY, kind="drift")], opened, DAY)
    assert {each.believed for each in found} == {None}
    assert believed(found) is None


def test_what_a_person_dismissed_is_believed_again() -> None:
    found = quarters(TOLD, [incident(DAY, DAY, kind="drift", status="dismissed")], opened, DAY)
    assert believed(found) == Counts(10, 5, 5)
