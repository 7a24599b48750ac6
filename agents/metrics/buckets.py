"""Waits in Prometheus' forms: histograms, means and quantiles."""

from __future__ import annotations

from typing import Final

from prometheus_client.core import GaugeMetricFamily

from streams.kept.shown import Histogram
from streams.kept.waits import Waits

QUANTILES: Final = (0.5, 0.9, 0.95)


def buckets(bounds: tuple[int, ...], histogram: Histogram) -> tuple[list[tuple[str, float]], float]:
    """Return the cumulative buckets by upper bound (s), and the sum in seconds."""
    cumulative: list[tuple[str, float]] = []
    upto = 0
    for bound, count in zip((*(f"{b}.0" for b in bounds), "+Inf"), histogram.counts, strict=True):
        upto += count
        cumulative.append((bound, upto))
    return cumulative, histogram.total / 1000


def add_waits(mean: GaugeMetricFamily, quantile: GaugeMetricFamily, label: tuple[str, ...], waits: Waits) -> None:
    """Add the mean and the quantiles (s) of waits; without any wait they are unknown, and no sample is added."""
    if (waited := waits.mean()) is not None:
        mean.add_metric(label, waited / 1000)
    for share in QUANTILES:
        if (waited := waits.quantile(share)) is not None:
            quantile.add_metric((*label, str(share)), waited / 1000)
