"""How a histogram of the state becomes Prometheus' own."""

from __future__ import annotations

from typing import Final

from streams.shown import Histogram

QUANTILES: Final = (0.5, 0.9, 0.95)


def buckets(bounds: tuple[int, ...], histogram: Histogram) -> tuple[list[tuple[str, float]], float]:
    """Return the cumulative buckets by upper bound (s), and the sum in seconds."""
    cumulative: list[tuple[str, float]] = []
    upto = 0
    for bound, count in zip((*(f"{b}.0" for b in bounds), "+Inf"), histogram.counts, strict=True):
        upto += count
        cumulative.append((bound, upto))
    return cumulative, histogram.total / 1000
