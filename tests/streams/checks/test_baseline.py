"""The baseline: shrunk by the stated weight, bounded, never certain, and correct for simulated lines."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.checks.baseline import (
    Arrivals,
    Baseline,
    BaselineState,
    Learnt,
    LostCallers,
)
from streams.checks.beta_binomial import FIRST_RHO, LEAST_RHO, MOST_RHO

FOREVER = 1e9  # a half-life that leaves the sums whole


@st.composite
def days(draw: st.DrawFn) -> list[list[Learnt]]:
    told = []
    for _ in range(draw(st.integers(0, 6))):
        day = []
        for _ in range(draw(st.integers(0, 8))):
            offered = draw(st.integers(0, 40))
            day.append(
                Learnt(draw(st.integers(0, 6)), draw(st.integers(0, 23)), offered, draw(st.integers(0, offered)))
            )
        told.append(day)
    return told


def learnt(baseline: Baseline, told: list[list[Learnt]]) -> BaselineState:
    state = BaselineState()
    for day in told:
        baseline.learn(state, day)
    return state


@given(days(), st.sampled_from([None, 0.0019, 0.07]), st.integers(0, 6), st.integers(0, 23))
def test_whatever_was_learnt_a_rate_is_a_chance_and_the_spread_within_bounds(
    told: list[list[Learnt]], prior: float | None, weekday: int, hour: int
) -> None:
    baseline = Baseline(prior=prior)
    state = learnt(baseline, told)
    rate = baseline.lost_rate(state, weekday, hour)
    assert (rate is None and prior is None) or 0 < (rate or 0) < 1
    assert LEAST_RHO <= baseline.rho(state) <= MOST_RHO
    arrivals = baseline.arrivals(state, weekday, hour)
    assert arrivals is None or arrivals.variance >= arrivals.mean >= 0
    assert len(state.cells) <= 7 * 24
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=BaselineState) == state


@given(days(), st.integers(1, 40))
def test_more_lost_in_a_cell_never_lowers_its_rate_nor_anothers(told: list[list[Learnt]], more: int) -> None:
    baseline = Baseline(prior=0.05, half_life=FOREVER)
    fewer = learnt(baseline, [*told, [Learnt(2, 10, 40, 0)]])
    greater = learnt(baseline, [*told, [Learnt(2, 10, 40, more)]])
    rates = [
        [baseline.lost_rate(state, *cell) or 0 for cell in ((2, 10), (4, 10), (4, 15))] for state in (fewer, greater)
    ]
    rises = [high - low for low, high in zip(*rates, strict=True)]
    assert rises[0] > rises[1] > rises[2] > 0


def test_a_cell_goes_from_the_prior_to_its_own_rate_as_it_fills() -> None:
    baseline = Baseline(prior=0.02, half_life=FOREVER)
    rates = [baseline.lost_rate(BaselineState(), 0, 9)]
    state = BaselineState()
    for _ in range(300):
        baseline.learn(state, [Learnt(0, 9, 10, 2)])
        rates.append(baseline.lost_rate(state, 0, 9))
    known = [rate for rate in rates if rate is not None]
    assert known[0] == 0.02
    assert known == sorted(known)
    assert known[-1] == pytest.approx(0.2, abs=0.005)


def test_by_hand() -> None:
    baseline = Baseline(prior=0.02, prior_calls=100, prior_losses=2, shrinkage=50, half_life=FOREVER)
    state = learnt(baseline, [[Learnt(0, 9, 30, 6), Learnt(1, 9, 20, 0), Learnt(0, 10, 50, 0)]])
    line = (6 + 2) / (100 + 100)
    hour = (6 + 50 * line) / (50 + 50)
    cell = (6 + 50 * hour) / (30 + 50)
    assert baseline.lost_rate(state, 0, 9) == pytest.approx(cell)
    assert baseline.lost_rate(state, 6, 9) == pytest.approx(hour)
    assert baseline.lost_rate(state, 6, 20) == pytest.approx(line)


def test_without_a_prior_nothing_is_expected_before_enough_was_learnt() -> None:
    baseline = Baseline(least_calls=100, half_life=FOREVER)
    state = learnt(baseline, [[Learnt(0, 9, 99, 3)]])
    assert baseline.lost_rate(state, 0, 9) is None
    baseline.learn(state, [Learnt(0, 9, 2, 0)])
    assert baseline.lost_rate(state, 3, 14) == pytest.approx(3.5 / 102)
    assert baseline.arrivals(BaselineState(), 0, 9) is None
    assert baseline.lost_callers(BaselineState()) == LostCallers(0.0, 0.0, 0.0, 0.0)
    assert baseline.rho(BaselineState()) == FIRST_RHO


def test_what_is_old_counts_half_after_its_half_life() -> None:
    baseline = Baseline(prior=0.02, half_life=10)
    state = learnt(baseline, [[Learnt(0, 9, 80, 8)], *[[Learnt(0, 15, 0, 0)]] * 10])
    assert state.cells[9].offered == pytest.approx(40)
    assert state.cells[9].lost == pytest.approx(4)
    baseline.learn(state, [])
    assert state.cells[9].offered == pytest.approx(40)


def lines(rho: float, calls: int, chance: float, number: int) -> list[list[Learnt]]:
    random = Random(1)
    told = []
    for place in range(number):
        own = random.betavariate(chance * (1 - rho) / rho, (1 - chance) * (1 - rho) / rho)
        day = []
        for hour in range(9, 17):
            offered = calls // 8 + random.choice([-1, 0, 1])
            day.append(Learnt(place % 5, hour, offered, sum(random.random() < own for _ in range(offered))))
        told.append(day)
    return told


@pytest.mark.parametrize(("rho", "calls"), [(0.01, 120), (0.03, 120), (0.06, 120), (0.04, 400)])
def test_the_correlation_of_simulated_days_is_found(rho: float, calls: int) -> None:
    baseline = Baseline(prior=0.08, half_life=FOREVER)
    state = learnt(baseline, lines(rho, calls, 0.08, 400))
    assert baseline.rho(state) == pytest.approx(rho, abs=0.005, rel=0.2)


def test_arrivals_have_their_mean_and_more_than_poissons_variance() -> None:
    random, baseline, state = Random(3), Baseline(prior=0.02, half_life=FOREVER), BaselineState()
    for place in range(300):
        busy = random.choice([0.6, 1.4])
        slots = [(hour, sum(random.random() < 0.1 * busy for _ in range(80))) for hour in (9, 9, 9, 9, 14)]
        baseline.learn(state, [Learnt(place % 5, hour, offered, 0) for hour, offered in slots])
    arrivals = baseline.arrivals(state, 0, 9)
    assert arrivals is not None
    assert arrivals.mean == pytest.approx(8, abs=0.5)
    assert arrivals.variance == pytest.approx(8 * (1 - 0.1) + 8 * 8 * 0.16, rel=0.2)


def test_quiet_hours_are_told_from_busy_ones() -> None:
    baseline, day = Baseline(prior=0.02), [Learnt(0, 9, 20, 1), Learnt(0, 17, 0, 0)]
    state = learnt(baseline, [day] * 100)
    busy, quiet = baseline.arrivals(state, 0, 9), baseline.arrivals(state, 0, 17)
    assert isinstance(busy, Arrivals)
    assert isinstance(quiet, Arrivals)
    assert (busy.mean, quiet.mean) == pytest.approx((20, 0), abs=0.5)


def test_what_corroborates_is_shares_that_lean_on_a_guess() -> None:
    baseline = Baseline(prior=0.02)
    slot = Learnt(0, 9, 20, 4, at_once=1, named=3, called_back=2)
    usual = baseline.lost_callers(learnt(baseline, [[slot, slot]] * 7))
    assert (usual.at_once(0.9, 0), usual.back(0.9, 0)) == pytest.approx((1 / 4, 2 / 3))
    assert usual.at_once(0.5, usual.lost) == pytest.approx((1 / 4 + 0.5) / 2), "a guess of as many calls weighs half"
    assert usual.back(0.5, usual.named) == pytest.approx((2 / 3 + 0.5) / 2)
