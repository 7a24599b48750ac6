"""Where losses came from: too few agents, more callers than usual, or neither.

Each hour above the target gives all its lost calls to one cause. Erlang A computes the agents needed by the callers of
that hour, and by the usual number of callers:

- enough agents were seen for the callers of the hour: neither explains the losses, which may be chance or a fault;
- enough for the usual callers only: more callers than usual;
- fewer: too few agents.

No one sees an agent who waited in vain for a call (`streams.calls.staff`), so in hours of few calls "too few agents" is
an upper bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from streams.calls.hours import Hour
from streams.insight.attendance import seen_agents
from streams.insight.erlang import Demand, expect

WEEK_HOURS: Final = 7 * 24


class Losses(Struct, frozen=True):
    """Lost calls of the hours above the target, by cause."""

    agents: int = 0  # too few agents for the usual callers
    callers: int = 0  # enough agents for the usual callers, but more callers came
    neither: int = 0  # enough agents for the callers who came
    unknown: int = 0  # no agent is known, or no usual number of callers


def losses(hours: Mapping[int, Hour], staff: Mapping[int, int], giving_up: float | None, target: float) -> Losses:
    """Return where the losses of these epoch hours came from.

    `staff` has the agents of each hour's four slots, summed (`Staff.by_hour`). `giving_up` is the rate at which callers
    give up, per ms (`Patience.rate`). `target` is the maximum of the lost rate. The usual number of callers is the mean
    of the same hour in the other weeks.
    """
    causes = dict.fromkeys(Losses.__struct_fields__, 0)
    first, end = min(hours, default=0), max(hours, default=0) + 1
    for hour, figures in hours.items():
        if figures.lost > target * figures.ended:
            weekly = range(first + (hour - first) % WEEK_HOURS, end, WEEK_HOURS)  # the same hour of each week
            same = [hours[each].ended for each in weekly if each in hours]
            usual = (sum(same) - figures.ended) / (len(same) - 1) if len(same) > 1 else None
            causes[_cause(figures, usual, staff.get(hour, 0), giving_up, target)] += figures.lost
    return Losses(**causes)


def _cause(figures: Hour, usual: float | None, seen: int, giving_up: float | None, target: float) -> str:
    if usual is None or not (figures.talks and figures.talked and seen and giving_up and target):
        return "unknown"
    talk, patience = figures.talked / figures.talks / 1000, 1 / (giving_up * 1000)
    agents = seen_agents(seen)

    def enough_for(calls: float) -> bool:
        steady = expect(Demand(calls / 3600, talk, patience), agents)
        return agents > 0 and steady is not None and steady.lost <= target

    if enough_for(figures.ended):
        return "neither"
    return "callers" if not usual or enough_for(usual) else "agents"
