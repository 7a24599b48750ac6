"""Waits by class, for display: up to 10 s, up to 20 s, and so on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from streams.kept.waits import Waits, middle

CALL_CLASSES: Final = (5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0)  # s, the upper ends; the last class is open
TICKET_CLASSES: Final = (300.0, 600.0, 900.0, 1200.0, 1800.0, 2700.0, 3600.0)


class WaitClass(NamedTuple):
    """The number of waits above one length and up to another, in s; `upto` is None for the longest."""

    above: float
    upto: float | None
    waits: int


def wait_classes(waits: Waits, ends: Sequence[float]) -> list[WaitClass]:
    """Return waits by class. A wait within 1 % of a class's end may count in its neighbour (`streams.kept.waits`).

    >>> waits = Waits()
    >>> for seconds in (0, 3, 7, 400):
    ...     waits.add(seconds * 1000)
    >>> [each.waits for each in wait_classes(waits, (5.0, 10.0))]
    [2, 1, 1]
    """
    counts = [0] * (len(ends) + 1)
    for number, count in waits.bins.items():
        counts[bisect_left(ends, middle(number) / 1000)] += count
    return [
        WaitClass(above, upto, count) for above, upto, count in zip((0.0, *ends), (*ends, None), counts, strict=True)
    ]


def shorter(waits: Waits, limit: float) -> int:
    """Return how many waits are shorter than a limit (s), which is exact to within 1 %."""
    return sum(count for number, count in waits.bins.items() if middle(number) / 1000 < limit)
