"""A CUSUM of daily counts that are negative binomial (Höhle and Paul, Count data regression charts, 2008)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log
from statistics import fmean, variance
from typing import Final

from benchmarks.detection.rivals.ears import daily
from streams.calls.rules import LineRules
from streams.events import CallEvent

LEARNT: Final = 28  # first days, of which it learns mean and variance
TIMES: Final = 2.0  # the mean that it looks for, times the usual
LEAST: Final = 0.05  # lost calls a day: the least mean that it takes for usual
ALARM: Final = log(1_250)  # nats: at most one false alarm in so many days (Lorden, 1971), were the usual known


def evidence(count: int, mean: float, size: float | None) -> float:
    """Return the evidence (nats) of a day's count for twice the mean; `size` is the dispersion, None for Poisson.

    >>> evidence(10, 2.0, None) > 0 > evidence(1, 2.0, 3.0)
    True
    """
    if size is None:
        return count * log(TIMES) - mean * (TIMES - 1)
    return count * log(TIMES) - (count + size) * log((size + TIMES * mean) / (size + mean))


def negative_binomial(events: Sequence[CallEvent], rules: LineRules) -> Iterator[int]:
    """Alert where the evidence for twice the usual count adds up; begin anew after each alarm."""
    days = daily(events, rules)
    if len(days) <= LEARNT:
        return
    first = [day.lost for day in days[:LEARNT]]
    mean, spread = max(LEAST, fmean(first)), variance(first)
    size = mean**2 / (spread - mean) if spread > mean else None
    total = 0.0
    for day in days[LEARNT:]:
        total = max(0.0, total + evidence(day.lost, mean, size))
        if total > ALARM:
            yield day.at
            total = 0.0
