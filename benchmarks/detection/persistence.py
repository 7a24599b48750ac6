"""How a line's days hang together: what NHS 111 published of 28 lines is the measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from statistics import StatisticsError, correlation, fmean, median
from typing import Final

from msgspec import Struct

from benchmarks.detection.hours import Calls

FAR: Final = 2.0  # times the line's own median
LONG: Final = 5  # days


class Persistence(Struct, frozen=True, kw_only=True):
    """Hold how the daily lost rates of a line hang together."""

    lag: float | None  # correlation of a day's rate with the next one's
    far: float  # share of the days above twice the median
    runs: int  # of five such days or more in a row


def persistence(rates: Sequence[float]) -> Persistence:
    """Return how the lost rates of the opening days, in order, hang together.

    >>> persistence([0.01] * 10 + [0.05] * 5 + [0.01]).runs
    1
    """
    limit = FAR * median(rates)
    above = [rate > limit for rate in rates]
    try:
        lag: float | None = correlation(rates[:-1], rates[1:])
    except StatisticsError:
        lag = None
    runs = sum(far and len(list(days)) >= LONG for far, days in groupby(above))
    return Persistence(lag=lag, far=fmean(above), runs=runs)


def daily_rates(calls: Calls, day_of: Callable[[int], int]) -> list[float]:
    """Return the true lost rate of every day that has calls, in order."""
    days: dict[int, list[bool]] = {}
    for at, lost in calls:
        days.setdefault(day_of(at), []).append(lost)
    return [fmean(days[day]) for day in sorted(days)]
