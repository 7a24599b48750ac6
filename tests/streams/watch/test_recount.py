"""What a law names is the same for the watch's slots and the ledger's, and of a sum it is the sum."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.calls.counts import Counts
from streams.ledger.day import CallSlot
from streams.watch.recount import explained, wrong
from streams.watch.slot import Slot

KINDS = ("closed-hours", "answered-as-lost", "multi-leg", "duplicate", "phantom", "drift", "missing")
NAMED = ("talked", "legs", "copies", "copies_lost", "ghosts")
figures = st.integers(0, 50)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Slot, CallSlot]:
    answered, lost, diverted, left = (draw(figures) for _ in range(4))
    named = {name: draw(st.integers(0, lost)) for name in NAMED}
    counted = {"offered": answered + lost + diverted + left, "answered": answered, "lost": lost, "diverted": diverted}
    return Slot(**counted, pending=left, **named), CallSlot(**counted, unresolved=left, **named)


@given(pairs(), st.sampled_from(KINDS))
def test_both_kinds_of_slots_are_recounted_alike(pair: tuple[Slot, CallSlot], kind: str) -> None:
    watched, kept = pair
    assert Counts.of(watched) == Counts.of(kept)
    assert wrong(kind, watched) == wrong(kind, kept)
    assert explained(kind, watched) == explained(kind, kept)
    assert explained(kind, kept) <= (wrong(kind, kept) is not None)


@given(pairs(), pairs(), st.sampled_from(KINDS))
def test_what_is_wrong_with_a_sum_is_the_sum(one: tuple[Slot, CallSlot], two: tuple[Slot, CallSlot], kind: str) -> None:
    whole = Slot()
    whole.add(one[0])
    whole.add(two[0])
    parts = [wrong(kind, each) for each in (one[0], two[0])]
    assert wrong(kind, whole) == (None if None in parts else sum(filter(None, parts), Counts()))
    assert Counts.of(whole) - Counts.of(one[0]) == Counts.of(two[0])
