"""Laney's p' chart: limits for people to look at, wide enough for days that differ by more than chance.

They are the limits of a p chart, multiplied by the spread of the standardised days, which is estimated from their
moving ranges (Laney 2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

from msgspec import Struct

SIGMAS_PER_RANGE = 1.128  # the mean range of two standard normal values (d2)


class Limits(Struct, frozen=True):
    """A chart's lines."""

    centre: float  # rate
    spread: float  # factor on the usual limits: 1 for pure chance
    low: list[float]  # rates, one a subgroup
    high: list[float]  # rates, one a subgroup

    def at(self, calls: int) -> tuple[float, float]:
        """Return the limits of a subgroup with this number of calls."""
        return _around(self.centre, self.spread, calls)


def limits(lost: Sequence[int], offered: Sequence[int]) -> Limits | None:
    """Return the 3-sigma limits of subgroups (days, weeks) in their order, as rates clipped to [0, 1].

    None if there are fewer than two subgroups, or if no call or every call is lost.

    Raises:
        ValueError: a subgroup has no calls, or the lengths differ.

    >>> chart = limits([4, 1, 5, 2], [100, 100, 100, 100])
    >>> chart.centre, round(chart.spread, 3), [round(high, 4) for high in chart.high[:2]]
    (0.03, 1.732, [0.1187, 0.1187])

    """
    if min(offered, default=1) < 1:
        raise ValueError("a subgroup without calls has no rate: leave it out")
    centre = sum(lost) / sum(offered) if offered else 0.0
    if len(offered) < 2 or not 0.0 < centre < 1.0:  # noqa: PLR2004 -- a range needs two
        return None
    chance = [sqrt(centre * (1 - centre) / calls) for calls in offered]
    scores = [(gone / calls - centre) / one for gone, calls, one in zip(lost, offered, chance, strict=True)]
    ranges = [abs(later - earlier) for earlier, later in pairwise(scores)]
    spread = sum(ranges) / len(ranges) / SIGMAS_PER_RANGE
    low, high = zip(*(_around(centre, spread, calls) for calls in offered), strict=True)
    return Limits(centre, spread, list(low), list(high))


def _around(centre: float, spread: float, calls: int) -> tuple[float, float]:
    width = 3 * spread * sqrt(centre * (1 - centre) / calls)
    return max(0.0, centre - width), min(1.0, centre + width)
