"""The stretch of a sequence that weighs most: a CUSUM that says where a change begins and where it ends.

Each observation weighs its log-likelihood ratio of a fault over honest counting. The sum of a CUSUM (Page 1954) since
it last left zero is the greatest sum of any stretch that ends here, so its maximum has the most likely bounds (Kadane's
maximum-sum segment; Levin and Kline 1985 for a change that ends).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Segment(NamedTuple):
    """A stretch of a sequence."""

    start: int  # index of its first observation
    end: int  # index after its last one
    score: float  # nats


def segment(weights: Sequence[float]) -> Segment | None:
    """Return the stretch with the greatest sum, or None if no weight is positive.

    >>> segment([-0.1, 2.0, -0.1, 2.0, -5.0, 1.0])
    Segment(start=1, end=4, score=3.9)
    >>> segment([-1.0]) is None
    True
    """
    best, total, start = None, 0.0, 0
    for place, weight in enumerate(weights):
        if total <= 0.0:
            total, start = 0.0, place
        total += weight
        if total > (best.score if best else 0.0):
            best = Segment(start, place + 1, total)
    return best
