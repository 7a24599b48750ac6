"""Silence against the laws of arrivals."""

from __future__ import annotations

from math import exp

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from streams.checks.silence import SilenceCheck, SilenceState, log_chance


@given(st.floats(0.1, 60), st.floats(1.01, 8), st.floats(0, 0.5))
def test_the_chance_of_nothing_is_the_negative_binomials(expected: float, dispersion: float, spread: float) -> None:
    whole = dispersion + spread * expected  # the variance over the mean
    size = expected / (whole - 1)
    assert exp(log_chance(expected, dispersion, spread)) == pytest.approx(nbinom.pmf(0, size, 1 / whole))


@given(st.floats(0, 60))
def test_without_over_dispersion_it_is_poissons_and_the_passage_is_smooth(expected: float) -> None:
    assert log_chance(expected) == log_chance(expected, 0.5) == -expected
    assert log_chance(expected, 1 + 1e-7) == pytest.approx(-expected, abs=1e-3)


def test_a_busy_line_is_missed_sooner_than_a_quiet_one() -> None:
    check = SilenceCheck(chance=1e-6, spread=0.0)
    first = []
    for expected in (30.0, 2.0):
        state = SilenceState()
        alarms = [check.add(state, 0, expected, at, 1, dispersion=1.5) for at in range(40)]
        first.append(alarms.index(True) + 1)
    assert first == [1, 9]  # -ln 1e-6 / (ln 1.5 / .5) = 17.04 calls


def test_one_event_ends_it_and_closed_hours_do_not_count() -> None:
    check, state = SilenceCheck(chance=1e-6, spread=0.0), SilenceState()
    told = [(1, 8.0), (0, 0.0), (0, 8.0)]
    assert [check.add(state, came, mean, at, 1) for at, (came, mean) in enumerate(told)] == [False, False, False]
    assert state == SilenceState(since=2, expected=8.0, day=1, today=8.0)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=SilenceState) == state
    assert check.add(state, 0, 6.0, 3, 1) is True
    assert state.since == 2
    assert check.add(state, 1, 6.0, 4, 1) is False
    assert state == SilenceState()


def test_a_quiet_day_is_quiet_as_a_whole_but_two_are_hardly_both() -> None:
    # No call of 30 in a day: ln(1 + .12 x 30) / .12 = 12.7 nats; none of 2 x 15 on two days: 2 x 8.6.
    check = SilenceCheck(chance=1e-6, spread=0.12)
    one, two = SilenceState(), SilenceState()
    assert not any(check.add(one, 0, 10.0, at, 1) for at in range(3))
    assert [check.add(two, 0, 15.0, at, at) for at in range(2)] == [False, True]
