"""The score of an office that is like the others is normal, for ten calls and for a million; it never overflows."""

from __future__ import annotations

from math import isfinite

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.checks.dispersion import between_offices, chance, limits_at, score


@pytest.mark.parametrize(("offered", "rate"), [(20, 0.05), (300, 0.02), (5_000, 0.04), (10**6, 0.002)])
def test_a_score_is_as_wide_as_a_normal_one(offered: int, rate: float) -> None:
    random = np.random.default_rng(offered)
    scores = [score(int(lost), offered, rate) for lost in random.binomial(offered, rate, 2000)]
    assert np.mean([abs(each) > 1.96 for each in scores]) < 0.07
    assert np.mean([abs(each) > 3.09 for each in scores]) < 0.006


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.floats(1e-4, 0.9999), st.floats(0, 0.5))
def test_a_score_is_finite_and_has_its_side(lost: int, more: int, rate: float, rho: float) -> None:
    offered = lost + more
    found = score(lost, offered, rate, rho)
    assert isfinite(found)
    if abs(lost / offered - rate) > 0.5 / offered * (1 + offered * rho) and abs(found) > 0.5:
        assert (found > 0) == (lost / offered > rate)


@given(st.integers(10, 10**6), st.floats(0.01, 0.5), st.floats(0, 0.1))
def test_more_lost_is_a_higher_score(offered: int, rate: float, rho: float) -> None:
    scores = [score(offered * share / 20, offered, rate, rho) for share in range(21)]
    assert scores == sorted(scores)


@given(st.integers(50, 10**6), st.floats(0.01, 0.5), st.floats(0, 0.05))
def test_a_limit_has_its_score(offered: int, rate: float, rho: float) -> None:
    low, high = limits_at(offered, rate, rho, 0.95)
    assert low <= rate <= high
    assert score(high * offered, offered, rate, rho) == pytest.approx(1.96, abs=0.01)


def test_what_differs_by_chance_alone_is_not_called_different() -> None:
    random = np.random.default_rng(1)
    lost = random.binomial(1000, 0.05, 50)
    assert between_offices([*map(int, lost)], [1000] * 50, [0.05] * 50) < 0.002
    assert between_offices([50] * 4, [1000] * 4, [0.05] * 4) == 0.0


def test_chance_is_of_both_sides() -> None:
    assert chance(3.09) == pytest.approx(0.002, rel=0.01)
    assert chance(-3.09) == chance(3.09)
