"""Erlang C and A against published values, an independent solution of the chain, and their limits."""

from __future__ import annotations

from math import factorial, inf

import pytest

from streams.insight.erlang import Demand, agents_for_lost, expect


def erlang_c(agents: int, load: float) -> float:
    """The textbook formula, in floats that are exact enough for few agents."""
    last = load**agents / factorial(agents) * agents / (agents - load)
    return last / (sum(load**busy / factorial(busy) for busy in range(agents)) + last)


def chain(demand: Demand, agents: int, states: int = 3_000) -> tuple[float, float, float]:
    """Return delayed and lost shares and mean wait from balanced flows: calls are lost if they are not served."""
    weights = [1.0]
    for number in range(1, states):
        leaving = min(number, agents) / demand.talk + max(0, number - agents) / demand.patience
        weights.append(weights[-1] * demand.arrivals / leaving)
    total = sum(weights)
    served = sum(weight * min(number, agents) for number, weight in enumerate(weights)) / total / demand.talk
    queue = sum(weight * max(0, number - agents) for number, weight in enumerate(weights)) / total
    return sum(weights[agents:]) / total, 1 - served / demand.arrivals, queue / demand.arrivals


@pytest.mark.parametrize(("agents", "load"), [(1, 0.3), (2, 1.5), (8, 5.0), (20, 19.5), (60, 50.0)])
def test_without_impatience_it_is_erlang_c(agents: int, load: float) -> None:
    demand = Demand(arrivals=load / 180, talk=180)
    found = expect(demand, agents)
    assert found is not None
    assert found.delayed == pytest.approx(erlang_c(agents, load))
    assert found.wait == pytest.approx(erlang_c(agents, load) * 180 / (agents - load))
    assert found.lost == 0
    assert found.occupancy == pytest.approx(load / agents)


def test_the_example_of_garnett_mandelbaum_and_reiman() -> None:
    """48 calls a minute of a minute each, 50 agents, patience of two minutes (Designing a call center, 2002)."""
    patient, impatient = (expect(Demand(arrivals=0.8, talk=60, patience=each), 50) for each in (inf, 120))
    assert patient is not None
    assert impatient is not None
    assert (round(patient.wait, 1), round(patient.occupancy, 2)) == (20.8, 0.96)
    assert (round(impatient.lost, 3), round(impatient.wait, 1), round(impatient.occupancy, 2)) == (0.031, 3.7, 0.93)


@pytest.mark.parametrize("agents", [1, 5, 40, 50, 70])
@pytest.mark.parametrize("patience", [5.0, 60.0, 600.0])
def test_erlang_a_is_the_solution_of_its_chain_and_losses_follow_waits(agents: int, patience: float) -> None:
    demand = Demand(arrivals=0.8, talk=60, patience=patience)
    delayed, lost, wait = chain(demand, agents, 150) if patience < 60 else chain(demand, agents, 900)
    found = expect(demand, agents)
    assert found is not None
    assert (found.delayed, found.wait) == pytest.approx((delayed, wait), rel=1e-9)
    assert found.lost == pytest.approx(lost, abs=1e-12)
    assert found.lost == pytest.approx(found.wait / patience)


def test_endless_patience_is_the_limit() -> None:
    found, limit = (expect(Demand(arrivals=0.8, talk=60, patience=each), 50) for each in (1e9, inf))
    assert found is not None
    assert limit is not None
    assert (found.delayed, found.wait) == pytest.approx((limit.delayed, limit.wait), rel=1e-4)


def test_more_work_than_agents_has_no_end_unless_callers_give_up() -> None:
    assert expect(Demand(arrivals=1, talk=60), 60) is None
    drowned = expect(Demand(arrivals=1, talk=60, patience=1e5), 6)
    assert drowned is not None
    assert drowned.lost == pytest.approx(0.9)


def test_nobody_at_work_loses_all() -> None:
    found = expect(Demand(arrivals=0.01, talk=60, patience=90), 0)
    assert found is not None
    assert (found.delayed, found.lost, found.wait) == pytest.approx((1, 1, 90))


def test_the_fewest_agents_are_enough_and_one_less_is_not() -> None:
    demand = Demand(arrivals=0.1, talk=180, patience=120)
    agents = agents_for_lost(demand, 0.02)
    fewer, enough = expect(demand, agents - 1), expect(demand, agents)
    assert fewer is not None
    assert enough is not None
    assert enough.lost <= 0.02 < fewer.lost
    assert agents_for_lost(Demand(0.0001, 60, 60), 0.5) == 1
    with pytest.raises(ValueError, match="not even"):
        agents_for_lost(demand, -0.1)
