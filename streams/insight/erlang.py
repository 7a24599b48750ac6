"""What a queue of impatient callers comes to: Erlang C and Erlang A.

Calls arrive at random, talk and patience are exponential (M/M/n+M: Palm, 1957; Garnett, Mandelbaum
and Reiman, 2002; without impatience M/M/n: Erlang, 1917). Times are in seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, expm1, inf, log

from msgspec import Struct
from scipy.integrate import quad

HUGE = 1e200
NEGLIGIBLE = 1e-16
MOST_AGENTS = 100_000


class Demand(Struct, frozen=True):
    """Describe what comes: calls a second, mean talk in seconds, and mean patience, infinite where nobody gives up."""

    arrivals: float
    talk: float
    patience: float = inf


class Queue(Struct, frozen=True):
    """Tell what becomes of it: `delayed`, the share that has to wait, and `lost`, the share that gives up.

    `wait` is the mean over all calls, lost ones too, in seconds; `occupancy` the share of their time that agents talk.
    `log_last_free` is the logarithm of the share of time in which exactly one agent is free: it may be too small for
    a float.
    """

    delayed: float
    wait: float
    lost: float
    occupancy: float
    log_last_free: float


def expect(demand: Demand, agents: int) -> Queue | None:
    """Return what `agents` make of a demand, or None where the queue would grow without end.

    >>> round(expect(Demand(arrivals=100 / 3600, talk=180), 8).delayed, 3)  # 5 Erlang: Erlang C
    0.167
    """
    load = demand.arrivals * demand.talk
    leaving = agents / demand.talk
    if demand.patience == inf and demand.arrivals >= leaving:
        return None
    below = 0.0  # all states with an agent free, as multiples of the one in which all talk and nobody waits
    for busy in range(1, agents + 1):
        below = (1 + below) * busy / load
    above, waiting, log_unit = _tail(demand, leaving)
    unit = exp(log_unit)
    total = below * unit + unit + above
    delayed = (unit + above) / total
    queue = waiting / total
    lost = queue / demand.patience / demand.arrivals
    return Queue(
        delayed=delayed,
        wait=queue / demand.arrivals,
        lost=lost,
        occupancy=load * (1 - lost) / agents if agents else 0.0,
        log_last_free=log(agents / load) + log_unit - log(total) if agents else -inf,
    )


def _tail(demand: Demand, leaving: float) -> tuple[float, float, float]:
    """Return the states in which callers wait, summed and weighted by their number, beside the one before: its log."""
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


def in_time(demand: Demand, agents: int, within: float) -> float:
    """Return the service level: the share of all calls that is answered within so many seconds.

    The density of the wait that a patient caller would have is integrated (Baccelli and Hebuterne, 1981; Zeltyn and
    Mandelbaum, Call centers with impatient customers, 2005); 0 where the queue would grow without end.
    """
    queue = expect(demand, agents)
    if queue is None:
        return 0.0
    if not agents:
        return 0.0
    rate, leaving = demand.arrivals, agents / demand.talk
    giving_up = 1 / demand.patience
    scale = log(rate) + queue.log_last_free

    def answered(wait: float) -> float:
        arriving = -expm1(-giving_up * wait) / giving_up if giving_up else wait
        return exp(scale + rate * arriving - leaving * wait - giving_up * wait)

    peak = log(rate / leaving) / giving_up if giving_up and rate > leaving else 0.0
    found, _ = quad(answered, 0, within, points=[peak] if 0 < peak < within else None, limit=200)
    return min(1.0, 1 - queue.delayed + float(found))


def agents_for_lost(demand: Demand, share: float) -> int:
    """Return the fewest agents with whom at most this share of the calls gives up, `share` above 0."""

    def enough(agents: int) -> bool:
        queue = expect(demand, agents)
        return queue is not None and queue.lost <= share

    return _fewest(enough)


def agents_for_service_level(demand: Demand, within: float, share: float) -> int:
    """Return the fewest agents with whom at least this share of the calls, below 1, is answered within the seconds."""
    return _fewest(lambda agents: in_time(demand, agents, within) >= share)


def _fewest(enough: Callable[[int], bool]) -> int:
    """Return the smallest number, of one agent or more, that is enough."""
    most = 1
    while not enough(most):
        most *= 2
        if most > MOST_AGENTS:
            raise ValueError(f"not even {MOST_AGENTS} agents are enough")
    least = most // 2  # not enough, or none
    while most - least > 1:
        middle = (least + most) // 2
        if enough(middle):
            most = middle
        else:
            least = middle
    return most
