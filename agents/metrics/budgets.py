"""Metrics of a year's lost-call budget: how much of it is used, and when it will be used up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from streams.indicators.annual import Annual
from streams.indicators.budget import Hours, budget, elapsed
from streams.indicators.plan import Opened

SITE_YEAR = ("site", "year")
LINE_YEAR = ("site", "line", "year")


def families(years: Iterable[Annual], opened: Opened, now: int) -> Iterator[Metric]:
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
