"""The bounds of a shift against an exhaustive search of all runs of slots."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from streams.checks.change_point import MAX_SLOTS, SlotLosses, shift

CALM = 0.05
COUNTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=9)


def likelihood(slots: list[SlotLosses], start: int, end: int) -> float:
    """Return a run's log-likelihood ratio from the binomial law, at the run's own best rate."""
    lost = sum(slot.lost for slot in slots[start:end])
    offered = sum(slot.offered for slot in slots[start:end])
    best = lost / offered
    return float(
        sum(
            binom.logpmf(slot.lost, slot.offered, best) - binom.logpmf(slot.lost, slot.offered, CALM)
            for slot in slots[start:end]
        )
    )


@given(counts=COUNTS, fall=st.booleans(), lasting=st.booleans())
def test_no_other_run_is_likelier(*, counts: list[tuple[int, int]], fall: bool, lasting: bool) -> None:
    slots = [SlotLosses(lost, lost + kept, CALM) for lost, kept in counts]
    every = {}
    for start in range(len(slots)):
        for end in [len(slots)] if lasting else range(start + 1, len(slots) + 1):
            lost = sum(slot.lost for slot in slots[start:end])
            offered = sum(slot.offered for slot in slots[start:end])
            if offered and (lost / offered < CALM if fall else lost / offered > CALM):
                every[start, end] = likelihood(slots, start, end)
    found = shift(slots, fall=fall, lasting=lasting)
    if found is None:
        assert not every
        return
    assert found.score == pytest.approx(max(every.values()), abs=1e-7)
    assert every[found.start, found.end] == pytest.approx(found.score, abs=1e-7)
    assert found.lost == sum(slot.lost for slot in slots[found.start : found.end])
    assert found.offered == sum(slot.offered for slot in slots[found.start : found.end])
    assert slots[found.start].offered > 0
    assert lasting or slots[found.end - 1].offered > 0


def test_seasonal_slots_are_judged_by_what_each_expects() -> None:
    """20 % are usual in the busy hour, but not in the quiet hours."""
    busy, calm, faulty = SlotLosses(4, 20, 0.2), SlotLosses(0, 20, 0.01), SlotLosses(4, 20, 0.01)
    slots = [busy] * 4 + [calm] * 3 + [faulty] * 3 + [busy] * 2
    found = shift(slots)
    assert found is not None
    assert (found.start, found.end, found.lost, found.offered) == (7, 10, 12, 60)
    assert found.expected == pytest.approx(0.6)


def test_the_bounds_of_a_real_size_fault_are_found_within_a_slot_or_two() -> None:
    random, errors = Random(4), []
    for _ in range(20):
        slots = []
        for place in range(96):
            chance = 0.1956 if 40 <= place < 70 else 0.0187
            slots.append(SlotLosses(sum(random.random() < chance for _ in range(8)), 8, 0.0187))
        found = shift(slots)
        assert found is not None
        errors += [abs(found.start - 40), abs(found.end - 70)]
    assert sorted(errors)[len(errors) // 2] <= 1
    assert sum(errors) / len(errors) < 3


def test_a_lasting_shift_goes_on_to_the_end() -> None:
    slots = [SlotLosses(0, 10, 0.02)] * 5 + [SlotLosses(3, 10, 0.02)] * 3 + [SlotLosses(0, 10, 0.02)]
    closed, open_ = shift(slots), shift(slots, lasting=True)
    assert closed is not None
    assert open_ is not None
    assert (closed.start, closed.end) == (5, 8)
    assert (open_.start, open_.end) == (5, 9)


def test_too_many_slots_are_refused_and_none_are_no_shift() -> None:
    with pytest.raises(ValueError, match="2001"):
        shift([SlotLosses(0, 1, 0.1)] * (MAX_SLOTS + 1))
    assert shift([]) is None
    assert shift([SlotLosses(0, 0, 0.1)]) is None
    assert shift([SlotLosses(0, 5, 0.1)]) is None
