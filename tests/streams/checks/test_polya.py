"""The Polya urn adds up to the beta-binomial day; odd days and faults move its CUSUM."""

from __future__ import annotations

from dataclasses import astuple
from math import exp, sqrt
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.checks.bernoulli_cusum import odds_ratio, weight
from streams.checks.beta_binomial import day_weight
from streams.checks.polya import PolyaCusum, PolyaState, Urn

USUAL, FAULTY, RHO = 0.0187, 0.1956, 0.03
CHANCES = st.floats(0.002, 0.8)
RHOS = st.floats(0.003, 0.2)


@given(st.lists(st.booleans(), max_size=80), CHANCES, CHANCES, RHOS)
def test_the_weights_of_a_day_add_up_to_the_weight_of_the_day(
    calls: list[bool], usual: float, other: float, rho: float
) -> None:
    urn, ratio = Urn(), odds_ratio(usual, other)
    weight = sum(urn.weigh(ratio, rho, lost, usual, 1) for lost in calls)
    assert weight == pytest.approx(day_weight(sum(calls), len(calls), usual, other, rho), rel=1e-6, abs=1e-8)


@given(st.lists(st.tuples(st.booleans(), CHANCES), max_size=60), CHANCES, st.floats(0.05, 20), RHOS)
def test_every_weight_is_a_likelihood_ratio_though_the_expected_chance_moves(
    calls: list[tuple[bool, float]], usual: float, ratio: float, rho: float
) -> None:
    urn = Urn()
    for lost, expected in calls:
        urn.weigh(ratio, rho, lost, expected, 1)
    lost_one, kept_one = (msgspec.msgpack.decode(msgspec.msgpack.encode(urn), type=Urn) for _ in "12")
    gone = exp(lost_one.weigh(ratio, rho, 1, usual, 1))
    kept = exp(kept_one.weigh(ratio, rho, 0, usual, 1))
    chance = (lost_one.lost - 1) / (lost_one.balls - 1)
    assert 0 < chance < 1
    assert chance * gone + (1 - chance) * kept == pytest.approx(1)


def test_the_first_call_of_a_day_weighs_as_if_calls_were_independent() -> None:
    ratio = odds_ratio(USUAL, FAULTY)
    for lost in (True, False):
        plain = weight(lost, 1, USUAL, FAULTY)
        assert Urn().weigh(ratio, RHO, lost, USUAL, 3) == pytest.approx(plain)


def test_the_odds_move_with_the_hour_and_come_back() -> None:
    urn, ratio = Urn(), 5.0
    for lost in (True, False, False, True, False):
        urn.weigh(ratio, RHO, lost, 0.05, 1)
    before = astuple(urn)
    urn._turn(ratio, RHO, 0.1, 1)
    moved = (0.1 / 0.9) / (0.05 / 0.95)
    assert urn.lost / (urn.balls - urn.lost) == pytest.approx(moved * before[3] / (before[2] - before[3]))
    assert urn.lost_faulty / (urn.balls - urn.lost_faulty) == pytest.approx(moved * before[4] / (before[2] - before[4]))
    urn._turn(ratio, RHO, 0.05, 1)
    assert astuple(urn) == pytest.approx(before)


def test_one_odd_day_saturates_and_the_next_says_more() -> None:
    check, state = PolyaCusum(odds_ratio(USUAL, FAULTY), RHO, 12.0), PolyaState()
    added = []
    for day in (1, 2):
        for at in range(200):
            before = state.total
            check.add(state, at % 4 == 0, USUAL, day, 1000 * day + at)
            added.append(state.total - before)
    assert added[0] > 5 * added[196] > 0
    assert abs(sum(added[100:200])) < 1
    assert sum(added[200:300]) > sum(added[:200]) - 1
    assert state.since == 1000


@pytest.mark.parametrize(("threshold", "a_year"), [(5.0, 3.064), (6.0, 1.134)])
def test_false_alarms_a_line_year_are_those_of_the_long_run(threshold: float, a_year: float) -> None:
    """The figures are from 22.5 million simulated calls, 30 a day, with 250 opening days a year."""
    random, alarms, years = Random(7), 0, 60
    check, state = PolyaCusum(odds_ratio(USUAL, FAULTY), RHO, threshold), PolyaState()
    a, b = USUAL * (1 - RHO) / RHO, (1 - USUAL) * (1 - RHO) / RHO
    crossed = False
    for day in range(years * 250):
        chance = random.betavariate(a, b)
        for _ in range(30):
            alarm = check.add(state, random.random() < chance, USUAL, day, day)
            alarms += alarm and not crossed
            crossed = (crossed or alarm) and state.total > 0
    expected = a_year * years
    assert abs(alarms - expected) < 4 * sqrt(expected)


def test_a_fault_is_found_with_the_delay_of_the_long_run() -> None:
    """From the middle of a day a share of the answered calls is counted lost: 19.56 % are lost of 30 calls a day."""
    random = Random(3)
    check = PolyaCusum(odds_ratio(USUAL, FAULTY), RHO, 8.0)
    flipped = (FAULTY - USUAL) / (1 - USUAL)
    a, b = USUAL * (1 - RHO) / RHO, (1 - USUAL) * (1 - RHO) / RHO
    delays = []
    for _ in range(600):
        state, day, delay = PolyaState(), 1, 0
        left, chance = 1 + random.randrange(30), random.betavariate(a, b)
        while True:
            if not left:
                day, left, chance = day + 1, 30, random.betavariate(a, b)
            delay += 1
            left -= 1
            lost = random.random() < chance or random.random() < flipped
            if check.add(state, lost, USUAL, day, delay):
                break
        delays.append(delay)
    assert sorted(delays)[300] == pytest.approx(43, abs=5)
    assert sorted(delays)[570] == pytest.approx(85, abs=12)


def test_a_fall_is_watched_by_an_odds_ratio_below_one() -> None:
    check, state = PolyaCusum(0.1, RHO, 5.0), PolyaState()
    alarms = [check.add(state, 0, 0.07, at // 30, at) for at in range(300)]
    assert alarms.index(True) == pytest.approx(118, abs=30)
    assert (state.since, state.calls) == (0, 300)


def test_the_state_goes_on_the_same_after_storage() -> None:
    check, state = PolyaCusum(12.76, RHO, 8.0), PolyaState()
    for at in range(40):
        check.add(state, at % 5 == 0, USUAL, at // 25, at)
        state = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=PolyaState)
    whole = PolyaState()
    for at in range(40):
        check.add(whole, at % 5 == 0, USUAL, at // 25, at)
    assert state == whole
    assert whole.calls
