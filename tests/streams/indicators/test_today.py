"""A day by quarters of an hour: raw and believed counts, which agree with the figures of a year."""

from __future__ import annotations

from datetime import date

from streams.calls.counts import Counts
from streams.figures.counted import Counted
from streams.figures.withhold import believed_so_far
from streams.indicators.today import Quarter, answer_rates, quarters, together
from streams.kept.times import QUARTER_MS
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
    assert found[0] == Quarter(FIRST, Counted.sound(Counts(10, 5, 5), 1), 0)
    assert believed_so_far(together(found)) == Counts(10, 5, 5)
    assert believed_so_far(together(quarters(None, [], opened, DAY))) == Counts()


def test_the_calls_that_a_law_names_are_recounted() -> None:
    found = quarters(TOLD, [incident(DAY, DAY, kind="answered-as-lost")], opened, DAY)
    assert (found[0].calls.raw, found[0].calls.believed) == (Counts(10, 5, 5), Counts(10, 9, 1))


def test_where_no_law_names_them_nothing_of_the_stretch_is_believed() -> None:
    found = quarters(TOLD, [incident(DAY, DAY, kind="drift")], opened, DAY)
    assert {each.calls.left_out for each in found} == {1}
    assert believed_so_far(together(found)) is None


def test_a_call_that_goes_on_is_not_unanswered_and_one_that_needs_no_agent_is_not_asked_for() -> None:
    slot = CallSlot(
        offered=20, answered=8, lost=6, diverted=4, open=2, talked=6, diverted_for={"key": 3, "voicemail": 1}
    )
    day = LineDay(id="lozere/circulation", day=DAY.isoformat(), slots={FIRST: slot})
    assert answer_rates(quarters(day, [], opened, DAY, ("key",))) == (8 / 15, 8 / 15)
    wrong = [incident(DAY, DAY, kind="answered-as-lost")]
    assert answer_rates(quarters(day, wrong, opened, DAY, ("key",))) == (14 / 15, 8 / 15)
    drift = [incident(DAY, DAY, kind="drift")]
    assert answer_rates(quarters(day, drift, opened, DAY, ("key",))) == (None, 8 / 15)
    assert answer_rates(quarters(None, [], opened, DAY)) == (None, None)


def test_what_a_person_dismissed_is_believed_again() -> None:
    found = quarters(TOLD, [incident(DAY, DAY, kind="drift", status="dismissed")], opened, DAY)
    assert believed_so_far(together(found)) == Counts(10, 5, 5)


def test_nothing_is_believed_after_what_was_judged_nor_of_the_hour_before_while_its_law_has_not_named_half() -> None:
    unnamed = CallSlot(offered=10, answered=5, lost=5, talked=1)
    day = LineDay(
        id="lozere/circulation",
        day=DAY.isoformat(),
        slots={FIRST: SLOT, FIRST + 1: SLOT, FIRST + 6: unnamed, FIRST + 7: CallSlot(offered=9, answered=8, lost=1)},
    )

    def of(judged_until: int) -> list[Counts | None]:
        wrong = [incident(DAY, DAY, kind="answered-as-lost", judged_until=judged_until * QUARTER_MS)]
        found = {each.slot_no: each.calls for each in quarters(day, wrong, opened, DAY)}
        return [None if found[slot_no].left_out else found[slot_no].believed for slot_no in day.slots]

    recounted = [Counts(10, 9, 1), Counts(10, 9, 1)]
    assert of(FIRST + 7) == [*recounted, None, None]
    assert of(FIRST + 13) == [*recounted, Counts(10, 6, 4), Counts(9, 8, 1)], "the law has looked again"
