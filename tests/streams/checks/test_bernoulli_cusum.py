"""The Bernoulli CUSUM against its exact Markov chain, and its stored state."""

from __future__ import annotations

from functools import cache
from math import exp, log, sqrt
from random import Random
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import solve
from scipy.optimize import brentq

from streams.checks.bernoulli_cusum import Cusum, odds_ratio, weight

USUAL, FAULTY = 0.0187, 0.1956
UP, LIMIT = 12, 34  # the lattice of m = 13: a lost call adds 12 units, any other takes one


def with_odds(ratio: float, expected: float) -> float:
    """Return the chance with `ratio` times the expected odds."""
    return ratio * expected / (1 + (ratio - 1) * expected)


def test_odds_are_those_of_the_chance_made_of_them() -> None:
    assert odds_ratio(0.2, with_odds(5, 0.2)) == pytest.approx(5)


@cache
def weigh(ratio: float, lost: int, expected: float) -> float:
    return weight(lost, 1, expected, with_odds(ratio, expected))


class Chart(NamedTuple):
    """A chart that signals at a threshold (nats) of the evidence for losses with `odds_ratio` times the usual odds."""

    odds_ratio: float
    threshold: float

    def weight(self, lost: int, expected: float) -> float:
        return weigh(self.odds_ratio, lost, expected)

    def add(self, state: Cusum, lost: int, expected: float, at: int) -> bool:
        state.add(self.weight(lost, expected), at)
        return state.total >= self.threshold


def exact_run(chance: float) -> float:
    """Return the mean run length of the lattice chart, from its Markov chain."""
    chain = [[float(row == column) for column in range(LIMIT)] for row in range(LIMIT)]
    for row in range(LIMIT):
        if row + UP < LIMIT:
            chain[row][row + UP] -= chance
        chain[row][max(0, row - 1)] -= 1 - chance
    return float(solve(chain, [1.0] * LIMIT)[0])


def lattice() -> Chart:
    """Return the check with weights of 12 to -1 at the usual chance."""
    ratio = brentq(lambda odds: log(odds) / log(1 - USUAL + odds * USUAL) - 1 - UP, 2.0, 100.0)
    unit = log(1 - USUAL + ratio * USUAL)
    return Chart(odds_ratio=ratio, threshold=LIMIT * unit * (1 - 1e-9))


def runs(check: Chart, chance: float, times: int, random: Random) -> tuple[float, float]:
    """Return the mean run length and its standard error."""
    lengths = []
    for _ in range(times):
        state, length = Cusum(), 1
        while not check.add(state, random.random() < chance, USUAL, length):
            length += 1
        lengths.append(length)
    mean = sum(lengths) / times
    return mean, sqrt(sum((length - mean) ** 2 for length in lengths)) / times


def test_the_exact_runs_are_the_published_ones() -> None:
    assert exact_run(USUAL) == pytest.approx(10_449, abs=1)
    assert exact_run(FAULTY) == pytest.approx(21.9, abs=0.05)


def test_the_lattice_is_that_of_the_weights() -> None:
    check = lattice()
    assert check.weight(1, USUAL) / -check.weight(0, USUAL) == pytest.approx(UP)
    assert Chart(odds_ratio(USUAL, FAULTY), 1).weight(1, USUAL) == pytest.approx(log(FAULTY / USUAL))


@pytest.mark.parametrize(("chance", "times"), [(USUAL, 150), (FAULTY, 5_000)])
def test_simulated_runs_agree_with_the_exact_ones(chance: float, times: int) -> None:
    mean, error = runs(lattice(), chance, times, Random(1))
    assert abs(mean - exact_run(chance)) < 4 * error
    assert error < 0.12 * mean


@given(st.floats(0.001, 0.999), st.floats(0.01, 100))
def test_a_weight_is_the_likelihood_ratio_of_the_risk_adjusted_chance(expected: float, ratio: float) -> None:
    check = Chart(ratio, 5)
    other = ratio * expected / (1 - expected + ratio * expected)
    assert exp(check.weight(1, expected)) * expected == pytest.approx(other)
    assert exp(check.weight(0, expected)) * (1 - expected) == pytest.approx(1 - other)


def test_it_remembers_where_the_sum_left_zero() -> None:
    check, state = Chart(12.76, 100), Cusum()
    for at, lost in enumerate([True, *[False] * 15, True, True, False], start=1000):
        check.add(state, lost, USUAL, at)
    assert (state.since, state.calls) == (1016, 3)
    for at in range(2000, 2040):
        check.add(state, 0, USUAL, at)
    assert state == Cusum()


def test_a_fall_to_nothing_is_found_by_a_second_instance() -> None:
    rise, fall = Chart(3.0, 7), Chart(0.1, 7)
    up, down = Cusum(), Cusum()
    told = [(rise.add(up, 0, 0.07, at), fall.add(down, 0, 0.07, at)) for at in range(200)]
    assert not any(rising for rising, _ in told)
    assert [falling for _, falling in told].index(True) == 107  # 7 / -ln(1 - .07 + .007) calls
    assert (down.since, down.calls) == (0, 200)


def test_a_call_in_a_bad_hour_weighs_less_than_one_in_a_good_hour() -> None:
    check = Chart(5.0, 7)
    assert check.weight(1, 0.2) < check.weight(1, 0.02)


def test_the_state_goes_on_the_same_after_storage() -> None:
    check, state = Chart(12.76, 6), Cusum()
    check.add(state, 1, USUAL, 5)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=Cusum)
    assert again == state == Cusum(state.total, 5, 1)
