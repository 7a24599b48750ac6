"""A law names the same calls in the watch's slots as in the ledger's, and never more than they hold."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.counts import Counts
from streams.ledger.day import CallSlot
from streams.watch.belief import Belief
from streams.watch.gate import conserves
from streams.watch.slot import Slot

KINDS = ("closed-hours", "answered-as-lost", "multi-leg", "duplicate", "phantom", "drift", "missing")
NAMED = ("talked", "legs", "copies", "copies_lost", "ghosts")
figures = st.integers(0, 50)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Slot, CallSlot]:
    answered, lost, diverted, left = (draw(figures) for _ in range(4))
    named = {name: draw(st.integers(0, lost)) for name in NAMED}
    counted = {"offered": answered + lost + diverted + left, "answered": answered, "lost": lost, "diverted": diverted}
    counted |= named
    return Slot(**counted, pending=left), msgspec.convert(counted | {"unresolved": left}, CallSlot)


@given(pairs(), st.sampled_from(KINDS))
def test_both_kinds_of_slots_are_recounted_alike(pair: tuple[Slot, CallSlot], kind: str) -> None:
    watched, kept = pair
    assert Counts.of(watched) == Counts.of(kept)
    assert Belief(kind).wrong(watched) == Belief(kind).wrong(kept)
    assert Belief(kind).explains(watched) == Belief(kind).explains(kept)
    assert Belief(kind).explains(kept) <= (Belief(kind).wrong(kept) is not None)


@st.composite
def aged(draw: st.DrawFn) -> Slot:
    """Draw a slot whose calls got other outcomes after the laws had named some of them."""
    slot, _ = draw(pairs())
    for name in NAMED:
        setattr(slot, name, draw(st.integers(0, 99)))
    return slot


@given(aged(), st.sampled_from(KINDS))
def test_no_more_is_taken_out_than_a_slot_holds(slot: Slot, kind: str) -> None:
    named = Belief(kind).wrong(slot)
    if named is not None:
        assert conserves(Counts.of(slot) - named)
