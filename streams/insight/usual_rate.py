"""The lost rate that a line usually has, robust against a bad stretch: the median over its days.

Where a line loses few calls, most days lose none and their median is 0. So consecutive days are put together until
each stretch has ten lost calls on average, and the median is that of the stretches.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from math import ceil
from statistics import median
from typing import Final, NamedTuple

LOST_EACH: Final = 10.0  # lost calls of a stretch, on average: its rate is known within a third
LEAST_STRETCHES: Final = 5  # of fewer, two bad ones are the median


class CountedDay(NamedTuple):
    """Hold a day of a line: its calls that were answered or lost, and the lost ones."""

    ended: int
    lost: int


class UsualRate(NamedTuple):
    """Hold a line's usual lost rate and what it is the median of."""

    rate: float
    calls: int
    days: int
    each: int  # days of a stretch


def usual_rate(days: Sequence[CountedDay]) -> UsualRate | None:
    """Return the usual rate of days in their order; None where they are too few, or where the median is no rate.

    >>> usual_rate([CountedDay(100, 12)] * 9 + [CountedDay(100, 80)])
    UsualRate(rate=0.12, calls=1000, days=10, each=1)
    """
    told = [day for day in days if day.ended]
    calls, lost = sum(day.ended for day in told), sum(day.lost for day in told)
    if not lost:
        return None
    each = ceil(LOST_EACH * len(told) / lost)
    left = iter(told)
    stretches = [stretch for _ in range(len(told) // each) if (stretch := list(islice(left, each)))]
    if len(stretches) < LEAST_STRETCHES:
        return None
    rate = median(sum(day.lost for day in stretch) / sum(day.ended for day in stretch) for stretch in stretches)
    return UsualRate(rate, calls, len(told), each) if 0 < rate < 1 else None
