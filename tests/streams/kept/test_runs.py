"""Runs hold the same numbers as a set."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.kept.runs import Runs


def test_a_run_that_ends_before_it_begins_has_no_number() -> None:
    runs = Runs([(5, 3), (1, 1)])
    runs.remove((9, 0))
    assert list(runs) == [(1, 1)]


RUNS = st.tuples(st.integers(0, 40), st.integers(0, 8)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(st.tuples(st.booleans(), RUNS)))
def test_runs_hold_what_a_set_holds(changes: list[tuple[bool, tuple[int, int]]]) -> None:
    runs, numbers = Runs(), set[int]()
    for added, run in changes:
        (runs.add if added else runs.remove)(run)
        numbers = numbers | set(range(run[0], run[1] + 1)) if added else numbers - set(range(run[0], run[1] + 1))
    assert {number for first, last in runs for number in range(first, last + 1)} == numbers
    assert runs.count() == len(numbers)
    assert [number in runs for number in range(60)] == [number in numbers for number in range(60)]
    ends = [last for _, last in runs]
    assert all(first > last + 1 for last, (first, _) in zip(ends, list(runs)[1:], strict=False)), "none touch"


@given(st.lists(st.integers(0, 40)) | st.lists(st.integers(0, 40)).map(sorted))
def test_many_numbers_are_added_as_one_by_one(numbers: list[int]) -> None:
    runs, added = Runs(), Runs()
    runs.extend(numbers)
    for number in numbers:
        added.add((number, number))
    assert list(runs) == list(added)
