"""Agents for a target: enough, no more than that, and the promised share of days is kept by the simulator."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest

from benchmarks.forecast.staffed import promises
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import ExpectedCalls, expect_calls
from streams.forecast.handling import Handling
from streams.forecast.past import Past
from streams.forecast.staffing import PROMISED, StaffedDay, Target, met_with, staff
from tests.streams.forecast.made_up import MONDAY, half_hours

TARGET = Target(lost=0.1, in_time=0.8, within=20)
HANDLING = Handling(talk=150, around=15, patience=300)
OPENED = [[17 <= place < 34 and day < 5 for place in range(48)] for day in range(7)]


@cache
def calls(times: float = 1.0) -> ExpectedCalls:
    return expect_calls(Past(MONDAY, half_hours(112) * times), 7, DaysOff())


def monday(expected: ExpectedCalls, handling: Handling = HANDLING, target: Target = TARGET) -> StaffedDay:
    first = ExpectedCalls(expected.days[:1], ())
    return staff(first, handling, target, OPENED[:1])[0]


def test_the_target_is_met_on_four_of_five_days_by_the_fewest_agents_that_do() -> None:
    day = monday(calls())
    assert all(slot.agents == 0 for place, slot in enumerate(day.slots) if not OPENED[0][place])
    busy = [slot for place, slot in enumerate(day.slots) if OPENED[0][place]]
    assert min(slot.met for slot in busy) >= PROMISED
    assert {slot.agents for slot in busy} <= {2, 3}
    assert day.hours == sum(slot.agents for slot in busy) / 2


def test_more_calls_longer_talks_and_less_certainty_need_more_agents() -> None:
    usual = monday(calls()).hours
    assert monday(calls(2)).hours > 1.4 * usual
    assert monday(calls(), Handling(talk=300, around=15, patience=300)).hours > usual
    assert monday(calls(), Handling(talk=150, talk_error=0.4, around=15, patience=300)).hours > usual


def test_with_given_agents_a_day_is_met_as_often_as_they_are_many() -> None:
    first = ExpectedCalls(calls().days[:1], ())
    planned = [slot.agents for slot in monday(calls()).slots]
    fewer, same, more = (
        met_with(first, HANDLING, TARGET, [[max(0, agents + other) for agents in planned]])[0] for other in (-1, 0, 1)
    )
    assert fewer < same == monday(calls()).met < more


def test_where_callers_hang_up_at_once_more_agents_would_not_help() -> None:
    day = monday(calls(), Handling(talk=150, around=15, patience=300, hung_up=0.15))
    busy = [slot for slot in day.slots if slot.agents]
    assert max(slot.agents for slot in busy) <= 4
    assert max(slot.met for slot in busy) < PROMISED


def test_visitors_do_not_give_up_so_their_mean_wait_decides() -> None:
    visits = Handling(talk=600)
    short, long = (monday(calls(), visits, Target(mean_wait=wait)) for wait in (60, 1_800))
    assert long.hours < short.hours
    assert min(slot.met for slot in short.slots if slot.agents) >= PROMISED


def test_the_same_forecast_gets_the_same_agents() -> None:
    assert monday(calls()) == monday(calls())


@pytest.mark.slow
@pytest.mark.parametrize("calls_a_day", [30.0, 101.0, 300.0])
def test_the_simulator_keeps_the_promise(calls_a_day: float) -> None:
    half_hours_kept, days_kept = promises(calls_a_day, date(2012, 1, 1), known=182, ahead=14, plays=20, seed=3)
    assert half_hours_kept.met == pytest.approx(half_hours_kept.promised, abs=0.05)
    assert days_kept.met == pytest.approx(days_kept.promised, abs=0.05)


def test_a_half_hour_without_agents_is_met_if_nobody_calls() -> None:
    closed = staff(ExpectedCalls(calls().days[:1], ()), HANDLING, TARGET, [[False] * 48])[0]
    assert closed.hours == 0
    shares = np.array([slot.met for slot in closed.slots])
    assert (shares[17:34] < 0.2).all()
    assert (shares[:17] == 1).all()
