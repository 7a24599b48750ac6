"""Metrics of whole years: each indicator's raw, corrected and target values."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.metrics import budgets
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.plan import Opened


def families(years: Collection[Annual], opened: Opened, broken: Mapping[str, int]) -> Iterator[Metric]:
    """Yield the metric families of whole years, by the office's opening hours; unknown values have no sample.

    `broken` has, by period, the number of integrity breaches among the period's figures.
    """
    labels = ("site", "indicator", "year")
    values = GaugeMetricFamily(
        "tocsin_indicator", "Annual indicator: a share, days or minutes.", labels=(*labels, "value")
    )
    coverage = GaugeMetricFamily(
        "tocsin_indicator_coverage_ratio",
        "Share of the opening hours that the corrected value covers.",
        labels=labels,
    )
    off = GaugeMetricFamily(
        "tocsin_indicator_off_target", "Whether the indicator misses its target: 0 or 1.", labels=(*labels, "value")
    )
    breaks = GaugeMetricFamily(
        "tocsin_indicator_breaks",
        "Changes of the definition in the year: its figure mixes two, or is not comparable to the last year's.",
        labels=labels,
    )
    breaches = GaugeMetricFamily(
        "tocsin_published_figures_broken",
        "Days, decisions or vintages of the year that were altered after they were recorded.",
        labels=("site", "year"),
    )
    for annual in years:
        breaches.add_metric((annual.site, annual.period.name), broken.get(annual.period.name, 0))
        for each in annual.indicators:
            if each.raw.value is None:
                continue
            label = (annual.site, each.id, annual.period.name)
            shown = {"raw": each.raw.value, "corrected": each.corrected.value, "target": each.target}
            met = {"raw": each.raw.met, "corrected": each.corrected.met}
            for name, value in shown.items():
                if value is not None:
                    values.add_metric((*label, name), value)
            for name, is_met in met.items():
                if is_met is not None:
                    off.add_metric((*label, name), not is_met)
            coverage.add_metric(label, each.coverage)
            breaks.add_metric(label, len(each.breaks))
    yield from (values, coverage, off, breaks, breaches)
    yield from budgets.families(years, opened, round(time.time() * 1000))


class Years(Collector):
    """A collector of the figures of whole years."""

    def __init__(self, years: Collection[Annual], opened: Opened, broken: Mapping[str, int]) -> None:
        self._years = years
        self._opened = opened
        self._broken = broken

    def collect(self) -> Iterator[Metric]:
        return families(self._years, self._opened, self._broken)


def exposition(annual: Annual, opened: Opened, breaches: Sequence[Breach] = ()) -> bytes:
    """Return a year in Prometheus' text format, as read by the node exporter's textfile collector."""
    registry = CollectorRegistry()
    registry.register(Years([annual], opened, {annual.period.name: len(breaches)}))
    return generate_latest(registry)
