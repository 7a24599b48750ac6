"""Gaps of honest lines, of lines whose calls stopped, and of calls that are too rare to judge."""

from __future__ import annotations

from collections.abc import Iterable
from math import log
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from streams.checks.gap import GapCheck, GapState

CHECK = GapCheck(spread=0.2, every=2_000.0, least=8.0, half_life=120.0)
ALL_CALLS = 100.0  # a day


def told(days: Iterable[int], state: GapState, check: GapCheck = CHECK) -> list[int]:
    """Return the days on which a gap is found, given the number of such calls on each day."""
    found = []
    for number, came in enumerate(days):
        if came:
            state.begin(number + 1)
        elif check.add(state, number, ALL_CALLS, ALL_CALLS):
            found.append(number)
        check.learn(state, came, ALL_CALLS)
    return found


@given(st.floats(8, 200), st.floats(0.1, 40))
def test_the_chance_of_none_is_the_predictive_one(events: float, due: float) -> None:
    state = GapState(events=events, calls=100 * events)
    sure = GapCheck(spread=0.0, every=1.0, least=8.0, half_life=120.0)
    sure.add(state, 0, 100 * due, ALL_CALLS)
    assert state.expected == pytest.approx(due)
    assert -state.score == pytest.approx(nbinom.logpmf(0, events, events / (events + due)))


@given(st.floats(0.1, 5), st.integers(1, 5))
def test_what_is_known_for_sure_leaves_the_chance_of_quiet_weeks(mean: float, weeks: int) -> None:
    state = GapState(events=1e9, calls=1e9 * ALL_CALLS / mean)
    for day in range(7 * weeks):
        CHECK.add(state, day, ALL_CALLS, ALL_CALLS)
    assert state.expected == pytest.approx(7 * mean * weeks)
    assert -state.score == pytest.approx(weeks * nbinom.logpmf(0, 5, 1 / (1 + 0.2 * 7 * mean)), rel=1e-6)


def test_what_always_came_and_comes_no_more_is_told() -> None:
    state = GapState()
    assert told([1] * 60 + [0] * 20, state)[0] == 71
    assert state.since == 60
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=GapState) == state


def test_few_such_calls_say_nothing() -> None:
    assert told([1] * 7 + [0] * 200, GapState()) == []


def test_a_gap_is_learnt_only_once_it_is_over() -> None:
    state = GapState()
    told([1] * 60, state)
    share = state.events / state.calls
    told([0] * 30, state)
    assert state.events / state.calls == share
    told([1], state)
    assert state.events / state.calls < 0.75 * share


def test_a_gap_that_was_a_fault_is_never_learnt() -> None:
    state = GapState()
    told([1] * 60 + [0] * 30, state)
    CHECK.forget(state)
    told([1], state)
    assert state.events / state.calls == pytest.approx(1 / ALL_CALLS)


def poisson(random: Random, mean: float) -> int:
    number, passed = 0, random.expovariate(1.0)
    while passed < mean:
        number, passed = number + 1, passed + random.expovariate(1.0)
    return number


@pytest.mark.parametrize("spread", [0.01, 0.5])
def test_sound_lines_are_hardly_ever_told(spread: float) -> None:
    random, found = Random(5), 0
    for _ in range(100):
        means = [0.7 * random.gammavariate(1 / spread, spread) for _ in range(250)]
        found += bool(told([poisson(random, mean) for mean in means], GapState()))
    assert found <= 5


def test_the_alarm_is_at_one_gap_in_so_many_days() -> None:
    state = GapState(events=1e9, calls=1e9 * ALL_CALLS)  # one such call a day
    check = GapCheck(spread=0.0, every=1_000.0, least=8.0, half_life=120.0)
    assert told([1] + [0] * 10, state, check)[0] == 7
    assert 6 < log(1_000) < 7
