"""A queue played many times: Erlang A in the long run, and each caller treated as the rules say."""

from __future__ import annotations

import numpy as np
import pytest

from streams.forecast.past import Floats
from streams.forecast.queue import PlayedCallers, play
from streams.insight.erlang import Demand, expect


def callers(moments: list[float], busy: float, patience: list[float]) -> PlayedCallers:
    """Return the callers of a single play."""
    many = len(moments)
    return PlayedCallers(np.array([many]), np.array([moments]), np.full((1, many), busy), np.array([patience]))


def free(agents: int) -> Floats:
    return np.zeros((1, agents))


@pytest.mark.parametrize(("agents", "load"), [(1, 0.6), (3, 2.5), (6, 7.0)])
def test_the_long_run_is_erlang_a(agents: int, load: float) -> None:
    demand = Demand(arrivals=load / 150, talk=150, patience=240)
    random, plays, seconds = np.random.default_rng(1), 100, 40_000
    calls = random.poisson(demand.arrivals * seconds, plays)
    shape = plays, int(calls.max())
    moments = random.random(shape) * seconds
    moments[np.arange(shape[1]) >= calls[:, None]] = seconds
    made = PlayedCallers(
        calls, np.sort(moments, axis=1), random.exponential(demand.talk, shape), random.exponential(240, shape)
    )
    served, _ = play(made, np.full(plays, agents), np.zeros((plays, agents)), within=0.0)
    found = expect(demand, agents)
    assert found is not None
    assert served.lost.sum() / calls.sum() == pytest.approx(found.lost, rel=0.06)
    assert 1 - served.in_time.sum() / calls.sum() == pytest.approx(found.delayed, rel=0.04)


def test_callers_wait_their_turn_and_give_up() -> None:
    served, since = play(callers([0, 10, 20], 100, [50, 95, 30]), np.array([1]), free(1), within=90.0)
    assert (served.in_time[0], served.lost[0], served.waited[0]) == (2, 1, 90.0)
    assert since.tolist() == [[200.0]]


def test_an_agent_who_is_not_there_takes_no_call() -> None:
    served, since = play(callers([0, 1], 100, [500, 500]), np.array([1]), free(3), within=0.0)
    assert served.in_time[0] == 1
    assert since.tolist() == [[200.0, 0.0, 0.0]]


def test_without_an_agent_all_are_lost() -> None:
    served, _ = play(callers([0, 1], 100, [np.inf, 5]), np.array([0]), free(1), within=20.0)
    assert (served.lost[0], served.in_time[0]) == (2, 0)


def test_who_hangs_up_at_once_takes_no_agent() -> None:
    served, since = play(callers([0], 100, [0]), np.array([1]), free(1), within=20.0)
    assert (served.lost[0], since.tolist()) == (1, [[0.0]])
