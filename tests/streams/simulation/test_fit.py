"""Pilot days are an Erlang-A queue if nothing varies, and a fit meets its targets."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from msgspec.structs import replace

from streams.kept.times import HOUR_MS
from streams.simulation import fit as fitting
from streams.simulation.fit import Fitted, fit
from streams.simulation.office import LineProfile
from streams.simulation.staff import BREAK, break_start, missing
from tests.streams.simulation.offices import LINE

ALWAYS = ((0, 24 * 3_600_000),)
STRETCHES = ((30_600_000, 43_200_000), (48_600_000, 61_200_000))


def erlang_a(calls: float, service: float, patience: float) -> float:
    """Return the share lost of M/M/1+M, by its birth and death chain; calls a second, means in seconds."""
    weights, state = [1.0], 0
    while len(weights) < 400:
        state += 1
        weights.append(weights[-1] * calls / (1 / service + (state - 1) / patience))
    waiting = sum(max(0, number - 1) * weight for number, weight in enumerate(weights)) / sum(weights)
    return waiting / patience / calls


def flat(calls_a_day: float) -> LineProfile:
    """Return a line that does not vary by time; its talk times are exponential."""
    return LineProfile(
        line="a",
        calls_a_day=calls_a_day,
        expected_lost_rate=0.05,
        at_once=0.0,
        talk=177.0,  # 180 s with the ringing
        wrap_up=0.0,
        talk_spread=sqrt(log(2)),
        hours=(1.0,) * 24,
        weekdays=(1.0,) * 7,
        months=(1.0,) * 12,
    )


@pytest.mark.parametrize(("calls_a_day", "agents", "lost"), [(100, 1, 0.1724), (1_440, 3, 0.3462)])
def test_without_patience_pilot_days_lose_as_erlang_b_says(calls_a_day: int, agents: int, lost: float) -> None:
    # Exact whatever the law of the talk times (Sevastyanov, 1957): loads of 0.2083 and 3 Erlang.
    rate, _ = fitting._Pilot(flat(calls_a_day), ALWAYS).serve(Fitted(agents=agents, patience=0.001))
    assert rate == pytest.approx(lost, rel=0.03)


@pytest.mark.parametrize("calls_a_day", [100, 300])
def test_with_patience_pilot_days_are_near_erlang_a(calls_a_day: int) -> None:
    rate, correlation = fitting._Pilot(flat(calls_a_day), ALWAYS).serve(Fitted(agents=1, patience=300.0))
    assert rate == pytest.approx(erlang_a(calls_a_day / 86_400, 180.0, 300.0), rel=0.1)
    assert 0 <= correlation < 0.01


@pytest.mark.slow
@pytest.mark.parametrize(("calls", "rate"), [(20.0, 0.0704), (60.0, 0.0187), (100.0, 0.0019), (400.0, 0.0404)])
def test_a_fit_meets_the_rate_by_staff_and_patience(calls: float, rate: float) -> None:
    fitted = fit(replace(LINE, calls_a_day=calls, expected_lost_rate=rate), STRETCHES)
    assert fitted.rate == pytest.approx(rate, rel=0.06)
    assert fitted.agents >= calls * 165 / 25_200
    assert 30 <= fitted.patience <= 2_000


@pytest.mark.slow
def test_a_higher_correlation_is_met_by_more_spread_between_days() -> None:
    low, high = (fit(replace(LINE, icc=icc), STRETCHES) for icc in (0.015, 0.05))
    assert low.icc < 0.022
    assert high.icc == pytest.approx(0.05, abs=0.012)
    assert (high.load, high.load + high.mood) > (low.load, low.load + low.mood)


@pytest.mark.slow
def test_days_differ_by_mood_or_by_load_as_asked() -> None:
    moody, steady = (fit(replace(LINE, mood=mood), STRETCHES) for mood in (0.9, 0.0))
    assert fitting.MOST_MOOD >= moody.mood > 0.3 > steady.mood == 0
    assert moody.load < steady.load  # load makes up the rest of the losses
    assert [moody.icc, steady.icc] == pytest.approx([0.03, 0.03], abs=0.006)


def test_a_line_s_name_changes_nothing() -> None:
    assert fit(replace(LINE, line="x", source="y"), STRETCHES) is fit(LINE, STRETCHES)


def test_the_breaks_of_pilot_days_are_those_of_the_queue() -> None:
    agents = fitting._Agents.of(2, np.zeros(1), STRETCHES)
    begins = break_start(1, 2, *STRETCHES[1])
    assert agents.back(np.array([begins + 1_000.0]), np.array([1])).tolist() == [[begins + 1_000.0, begins + BREAK]]


def test_the_absences_of_pilot_days_are_those_of_the_queue() -> None:
    share = fitting.missing_share(0.5, 1.1)
    whole, part = missing(4, share)
    agents = fitting._Agents.of(4, np.array([share, 0.0]), STRETCHES)
    assert (agents.free > 0).sum(axis=1).tolist() == [whole, 0]
    assert (agents.days.tolist(), agents.partly.tolist()) == ([0], [3 - whole])
    assert agents.part.tolist() == pytest.approx([part * HOUR_MS])
