"""The steady state of a queue of impatient callers: Erlang C and Erlang A.

Calls arrive at random; talk and patience are exponential. With impatience the queue is M/M/n+M (Palm, 1957; Garnett,
Mandelbaum and Reiman, 2002), without it M/M/n (Erlang, 1917). Times are in seconds.
"""

from __future__ import annotations

from math import exp, inf, log
from typing import Final

from msgspec import Struct

HUGE: Final = 1e200  # larger sums are scaled down to prevent overflow
NEGLIGIBLE: Final = 1e-16  # relative: smaller remainders of a sum are ignored
MOST_AGENTS: Final = 100_000


class Demand(Struct, frozen=True):
    """The load of a queue."""

    arrivals: float  # calls a second
    talk: float  # mean, s
    patience: float = inf  # mean, s; infinite if callers never give up


class SteadyState(Struct, frozen=True):
    """A queue's long-run averages."""

    delayed: float  # share of the calls that have to wait
    wait: float  # mean over all calls, lost ones too, s
    lost: float  # share of the calls that give up
    occupancy: float  # share of their time that agents talk


def expect(demand: Demand, agents: int) -> SteadyState | None:
    """Return the steady state with `agents`, or None if the queue would grow for ever.

    >>> round(expect(Demand(arrivals=100 / 3600, talk=180), 8).delayed, 3)  # 5 Erlang: Erlang C
    0.167
    """
    load = demand.arrivals * demand.talk
    leaving = agents / demand.talk
    if demand.patience == inf and demand.arrivals >= leaving:
        return None
    # Weights are relative to the state in which all agents talk and no call waits.
    below = 0.0  # the sum over all states with a free agent
    for busy in range(1, agents + 1):
        below = (1 + below) * busy / load
    above, waiting, log_unit = _tail(demand, leaving)
    unit = exp(log_unit)
    total = below * unit + unit + above
    delayed = (unit + above) / total
    queue = waiting / total
    lost = queue / demand.patience / demand.arrivals
    return SteadyState(
        delayed=delayed,
        wait=queue / demand.arrivals,
        lost=lost,
        occupancy=load * (1 - lost) / agents if agents else 0.0,
    )


def _tail(demand: Demand, leaving: float) -> tuple[float, float, float]:
    """Return the total weight of the states with waiting callers, and the same total weighted by the number of callers.

    The third value is the logarithm of the weight of the state with all agents busy and no call waiting, which may be
    too small for a float.
    """
    if demand.patience == inf:
        ratio = demand.arrivals / leaving
        return ratio / (1 - ratio), ratio / (1 - ratio) ** 2, 0.0
    state = 1.0
    log_unit = above = waiting = 0.0
    callers = 0
    while True:
        callers += 1
        ratio = demand.arrivals / (leaving + callers / demand.patience)
        state *= ratio
        above += state
        waiting += callers * state
        if ratio < 1 and state * callers < NEGLIGIBLE * (1 - ratio) ** 2 * waiting:
            return above, waiting, log_unit
        if waiting > HUGE:
            state, above, waiting, log_unit = state / HUGE, above / HUGE, waiting / HUGE, log_unit - log(HUGE)


def agents_for_lost(demand: Demand, share: float) -> int:
    """Return the least number of agents, at least one, with whom at most `share` (above 0) of the calls give up.

    Raise `ValueError` if even `MOST_AGENTS` are not enough.
    """

    def enough(agents: int) -> bool:
        steady = expect(demand, agents)
        return steady is not None and steady.lost <= share

    most = 1
    while not enough(most):
        most *= 2
        if most > MOST_AGENTS:
            raise ValueError(f"not even {MOST_AGENTS} agents are enough")
    least = most // 2  # a number known to be too small, or 0
    while most - least > 1:
        middle = (least + most) // 2
        if enough(middle):
            most = middle
        else:
            least = middle
    return most
