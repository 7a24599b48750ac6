"""The score of an office that is like the others is normal, for ten calls and for a million; it never overflows."""

from __future__ import annotations

from math import isfinite

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.checks.dispersion import ALIKE, limits_at, peers, score


@pytest.mark.parametrize(("offered", "rate"), [(20, 0.05), (300, 0.02), (5_000, 0.04), (10**6, 0.002)])
def test_a_score_is_as_wide_as_a_normal_one(offered: int, rate: float) -> None:
    random = np.random.default_rng(offered)
    scores = [score(int(lost), offered, rate) for lost in random.binomial(offered, rate, 2000)]
    assert np.mean([abs(each) > 1.96 for each in scores]) < 0.07
    assert np.mean([abs(each) > 3.09 for each in scores]) < 0.006


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.floats(1e-4, 0.9999), st.floats(0, 2))
def test_a_score_is_finite_and_has_its_side(lost: int, more: int, rate: float, spread: float) -> None:
    offered = lost + more
    found = score(lost, offered, rate, spread)
    assert isfinite(found)
    if abs(lost / offered - rate) > 0.5 / offered and abs(found) > 0.5:
        assert (found > 0) == (lost / offered > rate)


@given(st.integers(10, 10**6), st.floats(0.01, 0.5), st.floats(0, 1))
def test_more_lost_is_a_higher_score(offered: int, rate: float, spread: float) -> None:
    scores = [score(offered * share / 20, offered, rate, spread) for share in range(21)]
    assert scores == sorted(scores)


@given(st.integers(50, 10**6), st.floats(0.01, 0.5), st.floats(0, 1))
def test_a_limit_has_its_score(offered: int, rate: float, spread: float) -> None:
    low, high = limits_at(offered, rate, spread, 0.95)
    assert low <= rate <= high
    assert score(float(high) * offered, offered, rate, spread) == pytest.approx(1.96, abs=0.01)


def test_what_differs_by_chance_alone_is_not_called_different() -> None:
    random = np.random.default_rng(1)
    lost = random.binomial(1000, 0.05, 50)
    assert peers([*map(int, lost)], [1000] * 50, [0.05] * 50).spread < 0.2
    assert peers([50] * 4, [1000] * 4, [0.05] * 4) == ALIKE


def test_the_typical_rate_and_the_spread_are_found() -> None:
    random = np.random.default_rng(2)
    odds = 0.04 / 0.96 * np.exp(random.normal(0, 0.5, 400))
    found = peers(random.binomial(2_000, odds / (1 + odds)).tolist(), [2_000] * 400, [0.06] * 400)
    assert found.typical(0.06) == pytest.approx(0.04, rel=0.1)
    assert found.spread == pytest.approx(0.5, rel=0.1)
