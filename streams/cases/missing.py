"""Days and hours of an open office in which no case begins, where many usually do.

A case is a Poisson event of the desk's profile, whose rate differs by a third from day to day: `expected` cases are
absent by chance with the probability (1 + expected / weight) ** -weight. Only the numbers of the tickets show whether
the office was shut or the record has a gap (`streams.cases.laws.gaps`); without them it is undecided.
"""

from __future__ import annotations

from math import log1p
from typing import Final

from streams.cases.usual import UsualCases
from streams.checks.profile import HOURS
from streams.kept.times import HOUR_MS

ALARM: Final = 13.0  # nats
QUIET: Final = 9.0  # nats, of whole days of a register, which may be quiet
WEIGHT: Final = 12.0  # cases: of a gamma law whose deviation is a third or so
KNOWN: Final = 1.5  # faded days of a weekday, after which it is known
LEAST_HOURS: Final = 2


def absence(expected: float) -> float:
    """Return the evidence (nats) that a number of expected cases is not absent by chance.

    >>> round(absence(8), 1), round(absence(60), 1)
    (6.1, 21.5)
    """
    return WEIGHT * log1p(expected / WEIGHT)


def expected(usual: UsualCases, weekday: int, hour: int) -> float:
    """Return how many cases usually begin in an hour of a weekday; 0 if that weekday is not known."""
    days = usual.hours.days[weekday]
    return usual.hours.hours[weekday * HOURS + hour] / days if days >= KNOWN else 0.0


def on_weekday(usual: UsualCases, weekday: int) -> float:
    """Return how many cases usually begin on a weekday; 0 if that weekday is not known."""
    return sum(expected(usual, weekday, hour) for hour in range(HOURS))


def hole(
    usual: UsualCases, weekday: int, came: list[int], opened: list[tuple[int, int]], first_hour: int
) -> tuple[int, int, float] | None:
    """Return the stretch (ms) of opening hours without a case, and how many were expected; None if there is none.

    `came` has the cases by local hour, `first_hour` is the local hour at which the office opens.
    """
    if not opened:
        return None
    best: tuple[int, int, float] | None = None
    start, due = None, 0.0
    begins = opened[0][0] - opened[0][0] % HOUR_MS
    for hour in range(first_hour, HOURS + 1):
        rate = expected(usual, weekday, hour) if hour < HOURS else 0.0
        if hour < HOURS and not came[hour]:
            start = hour if start is None and rate else start
            due += rate
            continue
        if (
            start is not None
            and hour - start >= LEAST_HOURS
            and absence(due) >= ALARM
            and (best is None or due > best[2])
        ):
            last = max((each for each in range(start, hour) if expected(usual, weekday, each)), default=start)
            best = begins + (start - first_hour) * HOUR_MS, begins + (last + 1 - first_hour) * HOUR_MS, due
        start, due = None, 0.0
    return best
