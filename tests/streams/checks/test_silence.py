"""Silence against the laws of arrivals, and who is blamed for it."""

from __future__ import annotations

from math import exp, log

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from streams.checks.silence import Heard, Silence, SilenceState, blame, log_chance


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
    check = Silence(chance=1e-6, spread=0.0)
    first = []
    for expected in (30.0, 2.0):
        state = SilenceState()
        alarms = [check.add(state, 0, expected, at, 1, dispersion=1.5) for at in range(40)]
        first.append(alarms.index(True) + 1)
    assert first == [1, 9]  # -ln 1e-6 / (ln 1.5 / .5) = 17.04 calls


def test_one_event_ends_it_and_closed_hours_do_not_count() -> None:
    check, state = Silence(chance=1e-6, spread=0.0), SilenceState()
    told = [(1, 8.0), (0, 0.0), (0, 8.0)]
    assert [check.add(state, came, mean, at, 1) for at, (came, mean) in enumerate(told)] == [False, False, False]
    assert state == SilenceState(since=2, expected=8.0, day=1, today=8.0)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=SilenceState) == state
    assert check.add(state, 0, 6.0, 3, 1) is True
    assert state.since == 2
    assert check.add(state, 1, 6.0, 4, 1) is False
    assert state == SilenceState()


def test_a_quiet_day_is_quiet_as_a_whole_but_two_are_hardly_both() -> None:
    # Of 30 calls none in a day: ln(1 + .12 x 30) / .12 = 12.7 nats, of 2 x 15 on two days 2 x 8.6.
    check = Silence(chance=1e-6, spread=0.12)
    one, two = SilenceState(), SilenceState()
    assert not any(check.add(one, 0, 10.0, at, 1) for at in range(3))
    assert [check.add(two, 0, 15.0, at, at) for at in range(2)] == [False, True]


def heard(**lines: tuple[str, bool, float]) -> list[Heard]:
    return [Heard(line, source, came, chance) for line, (source, came, chance) in lines.items()]


def said(lines: list[Heard]) -> list[tuple[str, str]]:
    return [(silent.scope, silent.name) for silent in blame(lines, 1e-6)]


def test_all_at_once_is_said_once_and_of_the_feed() -> None:
    silent = blame(heard(a=("pbx", False, -9.0), b=("pbx", False, -9.0), c=("acd", False, -1.0)), 1e-6)
    assert [(one.scope, one.name, one.lines) for one in silent] == [("all", "", ("a", "b", "c"))]
    assert silent[0].chance == pytest.approx(exp(-19))


def test_lines_too_quiet_alone_are_found_together() -> None:
    quiet = heard(a=("pbx", False, -8.0), b=("pbx", False, -8.0), c=("acd", True, -20.0))
    assert said(quiet) == [("source", "pbx")]
    assert said(quiet[:1]) == []


def test_one_line_that_is_heard_clears_its_source() -> None:
    lines = heard(a=("pbx", False, -20.0), b=("pbx", True, -0.1), c=("acd", False, -0.5))
    assert said(lines) == [("line", "a")]
    assert said(heard(a=("pbx", False, -20.0), c=("acd", True, -20.0))) == [("line", "a")]


def test_nothing_is_said_where_nothing_is_sure() -> None:
    assert said([]) == []
    assert said(heard(a=("pbx", False, log(1.1e-6)))) == []
    assert said(heard(a=("pbx", False, log(0.9e-6)))) == [("line", "a")]


def test_two_sources_can_be_cut_while_a_third_speaks() -> None:
    lines = heard(
        a=("x", False, -9.0), b=("x", False, -9.0), c=("y", False, -9.0), d=("y", False, -9.0), e=("z", True, -9.0)
    )
    assert said(lines) == [("source", "x"), ("source", "y")]
