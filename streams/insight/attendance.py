"""The agents who are usually at work, by hour of the local week.

An agent who waited in vain for a call is not seen (`streams.calls.staff`), so the seen agents are a lower bound. The
losses of the month correct it: the same number of agents is added to all hours, until Erlang A loses no more calls than
the line did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from math import ceil
from statistics import fmean
from typing import Final

from streams.calls.hours import Hour
from streams.insight.erlang import Demand, expect

MOST_UNSEEN: Final = 6  # agents; if more were needed, nothing is known
ROUNDING: Final = 0.5  # of an agent: agents at work are a mean of four quarters, agents needed are a whole number


def seen_agents(quarters: float) -> int:
    """Return the agents of an hour, from the sum over its four quarters.

    >>> [seen_agents(quarters) for quarters in (1, 2, 3, 6, 7)]
    [0, 0, 1, 1, 2]
    """
    return ceil(quarters / 4 + ROUNDING) - 1


def attendance(
    hours: Mapping[int, Hour], staff: Mapping[int, int], giving_up: float | None, week_hour: Callable[[int], int]
) -> dict[int, int]:
    """Return the agents usually at work by hour of the week; empty if they are unknown.

    `hours`, `staff` and `giving_up` are as in `streams.insight.losses`. `week_hour` maps an epoch hour to the hour of
    the local week; Monday's first is 0.
    """
    known = {
        hour: figures for hour, figures in hours.items() if figures.talks and figures.talked and staff.get(hour, 0) > 0
    }
    if not known or not giving_up:
        return {}
    by_week_hour = defaultdict[int, list[int]](list)
    for hour in known:
        by_week_hour[week_hour(hour)].append(staff[hour])
    usual = {hour: max(1, seen_agents(fmean(found))) for hour, found in by_week_hour.items()}
    lost = sum(figures.lost for figures in known.values())
    for unseen in range(MOST_UNSEEN + 1):
        there = {hour: agents + unseen for hour, agents in usual.items()}
        if sum(_lost(figures, there[week_hour(hour)], giving_up) for hour, figures in known.items()) <= lost:
            return there
    return {}


def _lost(figures: Hour, agents: int, giving_up: float) -> float:
    """Return the calls that an hour loses in the long run with some agents."""
    demand = Demand(figures.ended / 3600, figures.talked / figures.talks / 1000, 1 / (giving_up * 1000))
    steady = expect(demand, agents)
    return 0.0 if steady is None else figures.ended * steady.lost
