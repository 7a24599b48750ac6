"""A line's usual lost rate, robust against a bad stretch: the median over its days.

If a line loses few calls, most days lose none and their median is 0. Consecutive days are therefore combined until each
stretch has ten lost calls on average, and the median is taken over the stretches.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from math import ceil
from statistics import median
from typing import Final, NamedTuple

LOST_EACH: Final = 10.0  # lost calls of a stretch, on average, so that its rate is known within a third
LEAST_STRETCHES: Final = 5  # with fewer, two bad stretches would be the median


class CountedDay(NamedTuple):
    """A line's answered and lost calls together on a day, and its lost calls alone."""

    ended: int
    lost: int


class UsualRate(NamedTuple):
    """A line's usual lost rate and its basis."""

    rate: float
    calls: int
    days: int
    each: int  # days per stretch


def usual_rate(days: Sequence[CountedDay]) -> UsualRate | None:
    """Return the usual rate of ordered days, or None if there are too few or the median is not a valid rate.

    >>> usual_rate([CountedDay(100, 12)] * 9 + [CountedDay(100, 80)])
    UsualRate(rate=0.12, calls=1000, days=10, each=1)
    """
    counted = [day for day in days if day.ended]
    calls, lost = sum(day.ended for day in counted), sum(day.lost for day in counted)
    if not lost:
        return None
    each = ceil(LOST_EACH * len(counted) / lost)
    left = iter(counted)
    stretches = [stretch for _ in range(len(counted) // each) if (stretch := list(islice(left, each)))]
    if len(stretches) < LEAST_STRETCHES:
        return None
    rate = median(sum(day.lost for day in stretch) / sum(day.ended for day in stretch) for stretch in stretches)
    return UsualRate(rate, calls, len(counted), each) if 0 < rate < 1 else None
