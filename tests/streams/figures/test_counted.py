"""Counts add up: any grouping gives the same sum, and a sum holds every call of its parts."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from streams.calls.counts import Counts
from streams.figures.counted import NOTHING_COUNTED, Counted, sum_of, sum_of_calls
from streams.ledger.diversions import Diversions

few = st.integers(0, 9)
counts = st.builds(Counts, *[few] * 5)
diversions = st.builds(Diversions, *[few] * 3)
sound = st.builds(Counted.sound, counts, few, diversions)
parts = st.lists(
    sound | st.builds(Counted, counts, counts, counts, diversions, diversions, *[few] * 6), min_size=1, max_size=12
)


@given(parts, st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_any_grouping_comes_to_the_same(every: list[Counted[Counts]], groups: list[int]) -> None:
    grouped: dict[int, list[Counted[Counts]]] = {}
    for group, each in zip(groups, every, strict=False):
        grouped.setdefault(group, []).append(each)
    assert sum_of([sum_of(each) for each in grouped.values()]) == sum_of(every)
    assert sum_of([NOTHING_COUNTED, *every]) == sum_of(every) == sum_of_calls(every)


@given(parts)
def test_a_sum_holds_every_call_and_every_slot_of_its_parts(every: Sequence[Counted[Counts]]) -> None:
    whole = sum_of(every)
    assert whole.raw.offered == sum(each.raw.offered for each in every)
    assert whole.believed.lost == sum(each.believed.lost for each in every)
    assert whole.quarantined.answered == sum(each.quarantined.answered for each in every)
    assert whole.believed_diverted.by_menu == sum(each.believed_diverted.by_menu for each in every)
    for name in ("slots", "left_out", "suspect", "in_quarantine", "in_doubt", "calls_left_out"):
        assert getattr(whole, name) == sum(getattr(each, name) for each in every), name


def test_coverage_is_the_share_of_the_slots_that_are_not_left_out() -> None:
    assert Counted(Counts(9), Counts(6), slots=4, left_out=1).coverage == 0.75
    assert NOTHING_COUNTED.coverage == 1.0
