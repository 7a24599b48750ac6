"""What Prometheus sees of the years that were published: each indicator raw, corrected and as it should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.indicators.annual import Annual


def families(years: Iterable[Annual]) -> Iterator[Metric]:
    """Yield the metric families of whole years; what is not known is not shown."""
    labels = ("site", "indicator", "year")
    values = GaugeMetricFamily(
        "tocsin_indicator", "Annual indicator: a share, days or minutes.", labels=(*labels, "value")
    )
    coverage = GaugeMetricFamily(
        "tocsin_indicator_coverage_ratio",
        "Share of the opening hours that the corrected value stands on.",
        labels=labels,
    )
    for annual in years:
        for each in annual.indicators:
            if each.raw.value is None:
                continue
            of = (annual.site, each.id, annual.period.name)
            shown = {"raw": each.raw.value, "corrected": each.corrected.value, "target": each.target}
            for name, value in shown.items():
                if value is not None:
                    values.add_metric((*of, name), value)
            coverage.add_metric(of, each.coverage)
    yield from (values, coverage)


class Years(Collector):
    """Collect the figures of whole years."""

    def __init__(self, years: Iterable[Annual]) -> None:
        self._years = tuple(years)

    def collect(self) -> Iterator[Metric]:
        """Yield every metric family of the years."""
        return families(self._years)


def exposition(annual: Annual) -> bytes:
    """Return a year in Prometheus' text format, as the node exporter's textfile collector reads it."""
    registry = CollectorRegistry()
    registry.register(Years([annual]))
    return generate_latest(registry)
