"""Twins: what two calls of one wait and one talk say, on lines of every rounding."""

from __future__ import annotations

import pytest

from streams.checks.twins import by_chance, coarse, precise


@pytest.mark.parametrize(("wait", "talk", "finer"), [(8_250, 61_040, True), (0, 61_040, False), (8_250, 61_000, False)])
def test_whole_seconds_are_not_precise(wait: int, talk: int, *, finer: bool) -> None:
    assert precise(wait, talk) == finer


def test_multiples_of_several_seconds_are_coarse() -> None:
    assert coarse(5_000, 60_000)
    assert not coarse(5_000, 61_000)


@pytest.mark.parametrize("calls", [10, 100, 1_000, 10_000])
def test_a_pair_apart_from_all_others_is_no_chance_but_one_of_many_alike_is(calls: int) -> None:
    assert not by_chance(0, 0, calls)
    assert by_chance(calls - 2, 0, calls)
    assert by_chance(calls // 2, calls // 4, calls)
