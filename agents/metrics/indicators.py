"""Metrics of whole years: each indicator's raw, corrected and target values."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.budget import Hours, budget, elapsed
from streams.indicators.plan import Opened

SITE_YEAR = ("site", "year")
LINE_YEAR = ("site", "line", "year")


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
    yield from budget_families(years, opened, round(time.time() * 1000))


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


def budget_families(years: Iterable[Annual], opened: Opened, now: int) -> Iterator[Metric]:
    """Yield the metric families of whole years at `now` (ms), raw and corrected; unknown values have no sample."""
    passed = GaugeMetricFamily(
        "tocsin_year_elapsed_ratio", "Share of the year's opening hours that is over.", labels=SITE_YEAR
    )
    allowed = GaugeMetricFamily(
        "tocsin_lost_call_budget",
        "Lost calls that the target allows in the year, given the calls so far.",
        labels=LINE_YEAR,
    )
    over = GaugeMetricFamily(
        "tocsin_lost_call_budget_elapsed_ratio",
        "Share of the year's opening hours that is over, from the line's first day on.",
        labels=LINE_YEAR,
    )
    used = GaugeMetricFamily(
        "tocsin_lost_call_budget_used_ratio",
        "Share of the allowed lost calls that is used.",
        labels=(*LINE_YEAR, "value"),
    )
    gone = GaugeMetricFamily(
        "tocsin_lost_call_budget_gone_timestamp_seconds",
        "When the budget was used up, or will be at the pace of the last weeks.",
        labels=(*LINE_YEAR, "value"),
    )
    for annual in years:
        year = annual.period
        if (share := elapsed(year, annual.today, opened)) is not None:
            passed.add_metric((annual.site, year.name), share)
        for indicator in annual.indicators:
            if not indicator.principal or indicator.counted is None:
                continue
            label = (annual.site, indicator.subject, year.name)
            hours = Hours.of(year, indicator.counted, opened, now)
            for value in ("raw", "corrected"):
                spent = budget(annual.lines[indicator.subject], hours, corrected=value == "corrected")
                if spent is None:
                    continue
                if value == "raw":
                    allowed.add_metric(label, spent.allowed)
                    over.add_metric(label, hours.elapsed)
                used.add_metric((*label, value), spent.used)
                if spent.gone is not None:
                    gone.add_metric((*label, value), spent.gone / 1000)
    yield from (passed, allowed, over, used, gone)
