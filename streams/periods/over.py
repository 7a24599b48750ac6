"""The last finished days, weeks and months of an office. Days on which it is closed do not count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from typing import Final

from streams.indicators.period import Period
from streams.periods.named import PeriodKind, around, before

CLOSED_DAYS: Final = 366  # maximum between two open days: an office that never opens has no day


def last_over(kind: PeriodKind, today: date, opens: Callable[[date], bool], most: int) -> list[Period]:
    """Return up to `most` periods of a kind that are over before `today`, earliest first.

    >>> weekday = lambda day: day.weekday() < 5
    >>> [each.name for each in last_over("day", date(2026, 11, 30), weekday, 2)]
    ['2026-11-26/2026-11-26', '2026-11-27/2026-11-27']
    >>> [each.name for each in last_over("week", date(2026, 11, 30), weekday, 1)]
    ['2026-11-23/2026-11-29']
    """
    return [*islice(_over(kind, today, opens), most)][::-1]


def _over(kind: PeriodKind, today: date, opens: Callable[[date], bool]) -> Iterator[Period]:
    period, closed = before(around(kind, today)), 0
    while closed < CLOSED_DAYS:
        if kind != "day" or opens(period.first):
            closed = 0
            yield period
        else:
            closed += 1
        period = before(period)
