"""The tail of the binomial law, by hand and far out."""

from __future__ import annotations

from math import comb, log

import pytest

from streams.checks.binomial import log_chance


@pytest.mark.parametrize(("lost", "offered", "expected"), [(1, 1, 0.02), (3, 10, 0.02), (5, 40, 0.07), (40, 40, 0.5)])
def test_it_is_the_sum_of_the_law(lost: int, offered: int, expected: float) -> None:
    tail = sum(
        comb(offered, number) * expected**number * (1 - expected) ** (offered - number)
        for number in range(lost, offered + 1)
    )
    assert log_chance(lost, offered, expected) == pytest.approx(log(tail))


def test_what_can_hardly_be_is_bounded() -> None:
    assert -700 < log_chance(5_000, 5_000, 1e-4) < -600
