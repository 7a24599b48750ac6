"""Gaps in a source's numbers: out of order is no loss, a loss is reported once, a restart is no loss."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.checks.sequence import MAX_GAPS, REACH, SequenceCheck, SequenceState

CHECK = SequenceCheck(patience=1_000)


def told(numbers: list[int], state: SequenceState, at: int = 0) -> list[tuple[int, int]]:
    return [(gap.first, gap.last) for seq in numbers for gap in CHECK.add(state, seq, at)]


@given(st.permutations(list(range(40))))
def test_any_order_without_a_loss_has_no_gap_in_the_end(numbers: list[int]) -> None:
    state = SequenceState()
    first, rest = numbers[0], [seq for seq in numbers[1:] if seq > numbers[0]]
    assert told([first, *rest], state) == []
    assert CHECK.due(state, 10_000) == []
    assert (state.next, state.gaps, state.missing, state.restarts) == (40, [], 0, 0)


@given(st.sets(st.integers(1, 60), max_size=30), st.randoms(use_true_random=False))
def test_exactly_what_never_came_is_missing(lost: set[int], random: object) -> None:
    state = SequenceState()
    numbers = [seq for seq in range(1, 61) if seq not in lost]
    random.shuffle(numbers)  # type: ignore[attr-defined]
    assert told([0, *numbers, 61], state) == []
    missing = {seq for gap in CHECK.due(state, 1_001) for seq in range(gap.first, gap.last + 1)}
    assert missing == lost
    assert state.missing == len(lost)
    assert CHECK.due(state, 9_999) == []


def test_a_gap_waits_for_its_patience() -> None:
    state = SequenceState()
    assert told([1, 3], state, at=500) == []
    assert CHECK.due(state, 1_500) == []
    assert [(gap.first, gap.last, gap.at) for gap in CHECK.due(state, 1_501)] == [(2, 2, 500)]
    assert told([2], state, at=2_000) == []
    assert (state.missing, state.late, state.gaps) == (1, 1, [])


def test_gaps_of_a_state_that_names_no_oldest_one_are_told_in_time() -> None:
    state = SequenceState()
    assert told([1, 3], state, at=500) == []
    state.oldest = SequenceState().oldest  # as an earlier version stored it
    assert [(gap.first, gap.last) for gap in CHECK.due(state, 1_501)] == [(2, 2)]


def test_a_restart_tells_what_was_open_and_counts_anew() -> None:
    state = SequenceState()
    assert told([5_000, 5_003], state) == []
    assert told([0], state, at=100) == [(5_001, 5_002)]
    assert (state.restarts, state.next, state.missing) == (1, 1, 2)
    assert told([5_002, 1, 2], state, at=200) == []  # a straggler of the first run
    assert (state.next, state.gaps) == (3, [])
    assert told([3 + REACH * 3], state, at=90_000) == []
    assert told([7], state, at=90_001) == []
    assert state.restarts == 1


def test_a_fall_far_back_is_a_restart_and_a_near_one_a_repeat() -> None:
    state = SequenceState()
    told([10_000], state)
    told([9_999], state)
    assert (state.repeated, state.restarts) == (1, 0)
    told([10_001 - REACH - 1], state)
    assert (state.repeated, state.restarts) == (1, 1)


def test_the_gaps_kept_are_bounded_and_none_is_dropped_untold() -> None:
    state = SequenceState()
    found = told(list(range(0, 2 * (MAX_GAPS + 50), 2)), state)
    assert len(state.gaps) == MAX_GAPS
    assert len(found) == state.missing == 49
    assert found[0] == (1, 1)


def test_the_state_goes_on_the_same_after_storage() -> None:
    state = SequenceState()
    told([1, 5, 9, 7], state)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=SequenceState)
    assert again == state
    assert len(again.gaps) == 3
