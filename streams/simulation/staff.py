"""The agents who can answer: their names, their breaks and their absences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from streams.kept.times import HOUR_MS

BREAK: Final = 900_000  # ms: each agent has one in every opening stretch
RING: Final = (1_000, 5_000)  # ms: minimum and maximum time until an agent picks up

Away = tuple[int, int]  # start and end of an absence, ms


def agent_names(line: str, agents: int) -> tuple[str, ...]:
    return tuple(f"{line}-{number}" for number in range(1, agents + 1))


def break_start(agent: int, agents: int, opens: int, closes: int) -> int:
    """Return when an agent's break begins: breaks follow each other in the middle half of an opening stretch."""
    return opens + (closes - opens) // 4 + (closes - opens) * agent // (2 * agents)


def breaks(agents: int, stretches: Iterable[Away]) -> list[list[Away]]:
    """Return the breaks of each agent; an agent who works alone takes none."""
    away: list[list[Away]] = [[] for _ in range(agents)]
    if agents > 1:
        for opens, closes in stretches:
            for agent in range(agents):
                begins = break_start(agent, agents, opens, closes)
                away[agent].append((begins, begins + BREAK))
    return away


def missing(agents: int, share: float) -> tuple[int, float]:
    """Return how many agents, counted from the last, are always absent, and the next one's absent share of each hour.

    >>> missing(4, 0.625)
    (2, 0.5)
    """
    return int(agents * share), agents * share % 1


def shortfall(agents: int, share: float, start: int, end: int) -> list[list[Away]]:
    """Return when each agent is away, so that this share of their total time from `start` to `end` is missing."""
    whole, part = missing(agents, share)
    away: list[list[Away]] = [[] for _ in range(agents)]
    for agent in range(agents - whole, agents):
        away[agent].append((start, end))
    if part and whole < agents:
        for hour in range(start, end, HOUR_MS):
            away[agents - whole - 1].append((hour, min(end, hour + round(part * HOUR_MS))))
    return away


def back(away: Sequence[Away], at: int) -> int:
    """Return the first moment, not before `at`, at which an agent is not away.

    >>> back([(0, 5), (5, 9), (12, 15)], 3)
    9
    """
    for leaves, returns in away:
        if leaves <= at < returns:
            at = returns
    return at
