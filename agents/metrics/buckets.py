"""Waits in Prometheus' forms: histograms, means and quantiles."""

from __future__ import annotations

from functools import cache
from typing import Final

from agents.metrics.family import Family, Labels
from streams.kept.shown import Histogram
from streams.kept.waits import Waits

QUANTILES: Final = (0.5, 0.9, 0.95)


def buckets(bounds: tuple[int, ...], histogram: Histogram) -> tuple[list[tuple[str, int]], float]:
    """Return the cumulative buckets by upper bound (s), and the sum in seconds."""
    cumulative: list[tuple[str, int]] = []
    upto = 0
    for bound, count in zip(_written(bounds), histogram.counts, strict=True):
        upto += count
        cumulative.append((bound, upto))
    return cumulative, histogram.total / 1000


@cache
def _written(bounds: tuple[int, ...]) -> tuple[str, ...]:
    return (*(f"{bound}.0" for bound in bounds), "+Inf")


def add_waits(mean: Family, quantile: Family, label: Labels, waits: Waits) -> None:
    """Add the mean and the quantiles (s) of waits; without any wait they are unknown, and no sample is added."""
    if (waited := waits.mean()) is not None:
        mean.add(label, waited / 1000)
    for share in QUANTILES:
        if (waited := waits.quantile(share)) is not None:
            quantile.add((*label, str(share)), waited / 1000)
