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
from streams.insight.erlang import Demand, agents_for_lost

WEEK_HOURS: Final = 7 * 24
_ROUNDING: Final = 0.5  # of an agent: a seen number is a mean of four quarters, a needed one is whole


class Losses(Struct, frozen=True):
    """Lost calls of the hours above the target, by cause."""

    agents: int = 0  # fewer agents than the usual callers need
    callers: int = 0  # more callers than usual, for whom the agents did not suffice
    neither: int = 0  # although the agents sufficed
    unknown: int = 0  # no agent is known, or no usual number of callers


def losses(hours: Mapping[int, Hour], staff: Mapping[int, int], giving_up: float | None, target: float) -> Losses:
    """Return where the losses of these epoch hours came from.

    `staff` has the agents of each hour's four slots, summed (`Staff.by_hour`). `giving_up` is the rate at which callers
    give up, per ms (`Patience.rate`). `target` is the maximum of the lost rate. The usual number of callers is the mean
    of the same hour in the other weeks.
    """
    causes = dict.fromkeys(Losses.__struct_fields__, 0)
    for hour, figures in hours.items():
        if figures.lost > target * figures.ended:
            causes[_cause(hour, hours, staff.get(hour, 0) / 4, giving_up, target)] += figures.lost
    return Losses(**causes)


def _cause(hour: int, hours: Mapping[int, Hour], seen: float, giving_up: float | None, target: float) -> str:
    figures, usual = hours[hour], _usual(hour, hours)
    if usual is None or not (figures.talks and figures.talked and seen and giving_up and target):
        return "unknown"
    talk, patience = figures.talked / figures.talks / 1000, 1 / (giving_up * 1000)

    def enough_for(calls: float) -> bool:
        return seen > agents_for_lost(Demand(calls / 3600, talk, patience), target) - _ROUNDING

    if enough_for(figures.ended):
        return "neither"
    return "callers" if not usual or enough_for(usual) else "agents"


def _usual(hour: int, hours: Mapping[int, Hour]) -> float | None:
    """Return the mean number of calls of the same hour in the other weeks, or None if there is none."""
    same = [each.ended for other, each in hours.items() if other != hour and (other - hour) % WEEK_HOURS == 0]
    return sum(same) / len(same) if same else None
