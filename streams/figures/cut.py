"""Weeks and months of local days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache


def monday(day: date) -> date:
    return day - timedelta(day.weekday())


@lru_cache(maxsize=4096)  # every line asks for the same days
def week_of(day: str) -> str:
    """Return the Monday of a day's week, both in ISO 8601.

    >>> week_of("2013-09-01")
    '2013-08-26'
    """
    return monday(date.fromisoformat(day)).isoformat()


def month_of(day: str) -> str:
    """Return the month of a day (ISO 8601).

    >>> month_of("2013-09-01")
    '2013-09'
    """
    return day[:7]
