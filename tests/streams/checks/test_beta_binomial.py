"""The beta-binomial law against scipy's, and its CUSUM against a Markov chain on a fine grid."""

from __future__ import annotations

from math import ceil, exp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import solve
from scipy.stats import betabinom, binom

from streams.checks.bernoulli_cusum import Cusum
from streams.checks.beta_binomial import day_weight, log_pmf

USUAL, FAULTY, RHO, DAY = 0.0187, 0.1956, 0.02, 20
CHANCES = st.floats(0.001, 0.9)
RHOS = st.floats(0.001, 0.3)


def mean_days(chance: float, threshold: float, cells: int) -> float:
    """Return the mean days to a signal at a probability, from a Markov chain with `cells` cells a nat."""
    states = ceil(threshold * cells)
    days = [
        (round(day_weight(lost, DAY, USUAL, FAULTY, RHO) * cells), exp(log_pmf(lost, DAY, chance, RHO)))
        for lost in range(DAY + 1)
    ]
    chain = [[float(row == column) for column in range(states)] for row in range(states)]
    for row in range(states):
        for step, weight in days:
            if row + step < states:
                chain[row][max(0, row + step)] -= weight
    return float(solve(chain, [1.0] * states)[0])


@given(st.integers(0, 60), st.integers(0, 60), CHANCES, RHOS)
def test_the_law_is_scipys(lost: int, kept: int, chance: float, rho: float) -> None:
    a, b = chance * (1 - rho) / rho, (1 - chance) * (1 - rho) / rho
    assert log_pmf(lost, lost + kept, chance, rho) == pytest.approx(
        betabinom.logpmf(lost, lost + kept, a, b), rel=1e-7, abs=1e-7
    )


@given(st.integers(1, 80), CHANCES, RHOS)
def test_it_sums_to_one_with_the_mean_and_the_wider_variance(calls: int, chance: float, rho: float) -> None:
    law = [exp(log_pmf(lost, calls, chance, rho)) for lost in range(calls + 1)]
    mean = sum(lost * weight for lost, weight in enumerate(law))
    variance = sum((lost - mean) ** 2 * weight for lost, weight in enumerate(law))
    assert sum(law) == pytest.approx(1)
    assert mean == pytest.approx(calls * chance)
    assert variance == pytest.approx(calls * chance * (1 - chance) * (1 + (calls - 1) * rho))


def test_without_correlation_it_is_binomial() -> None:
    for lost in range(21):
        assert log_pmf(lost, 20, 0.1, 1e-7) == pytest.approx(binom.logpmf(lost, 20, 0.1), abs=1e-3)


@pytest.mark.parametrize(("chance", "days"), [(USUAL, 468), (FAULTY, 1.97), (0.06, 19)])
def test_the_runs_are_the_published_ones(chance: float, days: float) -> None:
    """Within 5 %, as the published figures are simulated; eight thousand runs in control gave 487.7 (error 5.5)."""
    assert mean_days(chance, 4.75, cells=100) == pytest.approx(days, rel=0.05)


def test_the_grid_is_fine_enough() -> None:
    assert mean_days(USUAL, 4.75, cells=100) == pytest.approx(487.5, rel=0.01)
    assert mean_days(USUAL, 4.75, cells=50) == pytest.approx(487.5, rel=0.02)


def test_an_odd_day_weighs_less_than_its_calls_one_by_one() -> None:
    assert day_weight(6, DAY, USUAL, FAULTY, 0.04) < day_weight(6, DAY, USUAL, FAULTY, 0.001)
    assert day_weight(DAY, DAY, USUAL, FAULTY, RHO) > day_weight(6, DAY, USUAL, FAULTY, RHO) > 0
    assert day_weight(0, 0, USUAL, FAULTY, RHO) == 0


def test_a_fall_is_found_by_a_second_instance() -> None:
    def sums(lost: int, days: int) -> list[float]:
        state, totals = Cusum(), []
        for day in range(days):
            state.add(day_weight(lost, 100, 0.07, 0.001, RHO), day)
            totals.append(state.total)
        return totals

    weight = day_weight(0, 100, 0.07, 0.001, RHO)
    assert [total >= 4.75 for total in sums(0, 20)].index(True) + 1 == ceil(4.75 / weight) == 2
    assert sums(7, 1) == [0.0]
