"""Reasons of lost and diverted calls: exact, and unknown if an earlier version counted any of them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import DIVERTED, LOST, REASON_MASK, REASONS, Call
from streams.calls.definition import LineDefinition
from streams.kept.times import QUARTER_MS
from streams.ledger.calls import count
from streams.ledger.day import CallSlot, LineDay
from streams.ledger.reasons import NOT_KEPT, NOTHING, reasons_of, summed
from streams.ledger.sums import whole

BY = LineDefinition(lost_reasons=("abandoned",), short_call=5_000, within=20_000)


def lost(reason: int, wait: int, slot_no: int) -> Call:
    call = Call(slot_no * QUARTER_MS)
    call.lose(call.start + wait, wait, reason)
    return call


def diverted(reason: int, wait: int, slot_no: int) -> Call:
    call = Call(slot_no * QUARTER_MS)
    call.divert(call.start + wait, wait, reason)
    return call


def kind_of(call: Call) -> int:
    return call.outcome & ~REASON_MASK


CALLS = st.lists(
    st.builds(
        lambda kind, *of: kind(*of),
        st.sampled_from([lost, diverted]),
        st.integers(0, len(REASONS) - 1),
        st.integers(0, 30_000),
        st.integers(1, 3),
    ),
    max_size=20,
)


def day_of(calls: list[Call], gone: list[Call] = [], *, part: str = "", before: bool = False) -> LineDay:  # noqa: B006 -- read only
    """Return a day that counted calls and took some back; `before` as a version without reasons did."""
    day = LineDay(id="lozere/standard", day="2013-03-04", part=part)
    for times, some in ((1, calls), (-1, gone)):
        for each in some:
            count(day, each, BY, times)
    if before:
        for slot in day.slots.values():
            slot.lost_for, slot.diverted_for, slot.lost_short, slot.lost_within = {}, {}, 0, 0
    return day


@given(CALLS, CALLS)
def test_reasons_sum_up_to_the_calls_and_what_is_taken_back_leaves_no_trace(kept: list[Call], gone: list[Call]) -> None:
    day = day_of([*kept, *gone], gone)
    assert day.slots == day_of(kept).slots
    why = summed(map(reasons_of, day.slots.values()))
    for told, kind in ((why.lost, LOST), (why.diverted, DIVERTED)):
        assert told == Counter(REASONS[each.outcome & REASON_MASK] for each in kept if kind_of(each) == kind)
    waits = [each.lost_wait for each in kept if each.lost_wait >= 0]
    assert why.short == sum(wait < BY.short_call for wait in waits)
    assert why.within == sum(wait <= BY.within for wait in waits)


@given(CALLS, CALLS, st.data())
def test_of_a_slot_that_an_earlier_version_began_no_reason_is_told(
    before: list[Call], after: list[Call], data: st.DataObject
) -> None:
    """Whichever calls are taken back later, all are counted: all without a reason, or all by reason."""
    back = data.draw(st.lists(st.sampled_from(before), unique_by=id)) if before else []
    parts = [day_of(before, before=True), day_of(after, back, part="0.9")]
    for day in whole(parts):
        for slot_no, slot in day.slots.items():
            why = reasons_of(slot)
            for told, calls, kind in ((why.lost, slot.lost, LOST), (why.diverted, slot.diverted, DIVERTED)):
                assert sum(told.values()) == calls
                began = any(kind_of(each) == kind and each.start // QUARTER_MS == slot_no for each in before)
                assert (NOT_KEPT in told) == (began and calls > 0)


@pytest.mark.parametrize("slot", [CallSlot(offered=3, answered=3), CallSlot(offered=1, unresolved=1), CallSlot()])
def test_where_nothing_was_lost_there_is_nothing_to_tell(slot: CallSlot) -> None:
    assert reasons_of(slot) is NOTHING


def test_a_sum_of_which_a_part_is_not_known_says_how_much_of_it() -> None:
    told = CallSlot(offered=2, lost=2, lost_for={"full": 2}, lost_short=1, lost_within=2)
    why = summed([reasons_of(told), reasons_of(CallSlot(offered=5, lost=3, diverted=2))])
    assert why.lost == {"full": 2, NOT_KEPT: 3}
    assert why.diverted == {NOT_KEPT: 2}
    assert (why.short, why.within) == (None, None)
    assert NOT_KEPT not in REASONS
