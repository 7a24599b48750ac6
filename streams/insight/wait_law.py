"""The law that ties losses to waits: P(lost) = theta x mean wait.

It is exact for exponential patience, and nearly so otherwise (Mandelbaum and Zeltyn, 2004; Brown et al., 2005). Real
overload moves an hour along the straight line of this law; a miscount moves the hour off it.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

from msgspec import Struct

from streams.calls.hours import Hour


class WaitLaw(Struct, frozen=True):
    """The law fitted to a line's hours, each weighted by its calls.

    Fields that need two hours with different waits are None without them.
    """

    hours: int
    calls: int
    theta: float | None  # the slope through the origin, lost share per second of mean wait
    slope: float | None  # by least squares, per second
    intercept: float | None  # by least squares
    correlation: float | None
    plain_correlation: float | None  # with equal weights


def wait_law(hours: Iterable[Hour]) -> WaitLaw | None:
    """Return the law, or None if no hour has answered or lost calls with a known wait.

    Calls lost without any wait are left out, because patience cannot run out at once. Many such calls are a sign of
    callers who never reached the queue.
    """
    points = []
    for hour in hours:
        calls = hour.waits - hour.unqueued_lost
        if calls > 0:
            points.append((calls, hour.waited / calls / 1000, hour.queued_lost / calls))
    if not points:
        return None
    squares = sum(calls * wait * wait for calls, wait, _ in points)
    slope, intercept, correlation = _fit(points)
    return WaitLaw(
        hours=len(points),
        calls=sum(calls for calls, _, _ in points),
        theta=sum(calls * wait * lost for calls, wait, lost in points) / squares if squares else None,
        slope=slope,
        intercept=intercept,
        correlation=correlation,
        plain_correlation=_fit([(1, wait, lost) for _, wait, lost in points])[2],
    )


def _fit(points: list[tuple[int, float, float]]) -> tuple[float | None, float | None, float | None]:
    weight = sum(calls for calls, _, _ in points)
    wait = sum(calls * x for calls, x, _ in points) / weight
    lost = sum(calls * y for calls, _, y in points) / weight
    sxx = sum(calls * (x - wait) ** 2 for calls, x, _ in points)
    syy = sum(calls * (y - lost) ** 2 for calls, _, y in points)
    sxy = sum(calls * (x - wait) * (y - lost) for calls, x, y in points)
    if not sxx:
        return None, None, None
    return sxy / sxx, lost - sxy / sxx * wait, sxy / sqrt(sxx * syy) if syy else None
