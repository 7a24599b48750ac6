"""Jeffreys' and Wilson's intervals against published figures, their limits, and their definitions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, norm

from streams.checks.interval import jeffreys, wilson


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [  # Brown, Cai and DasGupta (2001), Table 5: the limits of 95 % for n = 7 to 10
        (0, 7, 0.0, 0.292),
        (1, 7, 0.016, 0.501),
        (3, 7, 0.139, 0.766),
        (0, 10, 0.0, 0.217),
        (4, 10, 0.153, 0.696),
        (5, 10, 0.224, 0.776),
    ],
)
def test_it_gives_the_published_limits(hits: int, trials: int, low: float, high: float) -> None:
    assert jeffreys(hits, trials) == pytest.approx((low, high), abs=6e-4)


@given(st.integers(1, 100_000), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_it_holds_the_share_and_the_stated_probability(trials: int, data: st.DataObject, confidence: float) -> None:
    hits = data.draw(st.integers(0, trials))
    interval = jeffreys(hits, trials, confidence)
    assert interval is not None
    low, high = interval
    assert 0 <= low <= hits / trials <= high <= 1
    if 0 < hits < trials:
        posterior = beta(hits + 0.5, trials - hits + 0.5)
        assert posterior.cdf(high) - posterior.cdf(low) == pytest.approx(confidence, abs=1e-6)


@given(st.integers(1, 10_000), st.data())
def test_it_is_the_mirror_of_the_other_outcomes(trials: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, trials))
    interval, mirrored = jeffreys(hits, trials), jeffreys(trials - hits, trials)
    assert interval is not None
    assert mirrored is not None
    assert interval == pytest.approx((1 - mirrored[1], 1 - mirrored[0]), abs=1e-9)


def test_without_trials_it_is_unknown() -> None:
    assert jeffreys(0, 0) is None
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [  # Newcombe, Two-sided confidence intervals for the single proportion (1998), Table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_gives_the_published_limits(hits: int, trials: int, low: float, high: float) -> None:
    assert wilson(hits, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 100_000), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilsons_limits_are_the_shares_that_a_score_test_just_takes(
    trials: int, data: st.DataObject, confidence: float
) -> None:
    hits = data.draw(st.integers(0, trials))
    interval = wilson(hits, trials, confidence)
    assert interval is not None
    low, high = interval
    assert 0 <= low <= hits / trials <= high <= 1
    z = norm.ppf((1 + confidence) / 2)
    for limit in interval:
        if 0 < limit < 1:
            score = (hits / trials - limit) / (limit * (1 - limit) / trials) ** 0.5
            assert abs(score) == pytest.approx(z, rel=1e-6)
