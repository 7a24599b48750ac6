"""What Prometheus sees of the lost calls that a year allows: how much of them is used, and when they are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from streams.indicators.annual import Annual
from streams.indicators.budget import Hours, budget, elapsed
from streams.indicators.plan import Opened

YEAR = ("site", "year")
LINE = ("site", "line", "year")


def families(years: Iterable[Annual], opened: Opened, now: int) -> Iterator[Metric]:
    """Yield the metric families of whole years at `now` (ms), raw and corrected; what is not known is not shown."""
    passed = GaugeMetricFamily(
        "tocsin_year_elapsed_ratio", "Share of the year's opening hours that is over.", labels=YEAR
    )
    allowed = GaugeMetricFamily(
        "tocsin_lost_call_budget",
        "Lost calls that the target allows in the year, at the calls so far.",
        labels=LINE,
    )
    over = GaugeMetricFamily(
        "tocsin_lost_call_budget_elapsed_ratio",
        "Share of the year's opening hours that is over, of those since the line is counted.",
        labels=LINE,
    )
    used = GaugeMetricFamily(
        "tocsin_lost_call_budget_used_ratio", "Share of the allowed lost calls that is used.", labels=(*LINE, "value")
    )
    gone = GaugeMetricFamily(
        "tocsin_lost_call_budget_gone_timestamp_seconds",
        "When the last allowed lost call was lost, or will be at the pace of the last weeks.",
        labels=(*LINE, "value"),
    )
    for annual in years:
        year = annual.period
        if (share := elapsed(year, annual.today, opened)) is not None:
            passed.add_metric((annual.site, year.name), share)
        for indicator in annual.indicators:
            if indicator.kind != "lost_rate" or indicator.counted is None:
                continue
            of = (annual.site, indicator.subject, year.name)
            hours = Hours.of(year, indicator.counted, opened, now)
            for value in ("raw", "corrected"):
                found = budget(annual.lines[indicator.subject], hours, corrected=value == "corrected")
                if found is None:
                    continue
                if value == "raw":
                    allowed.add_metric(of, found.allowed)
                    over.add_metric(of, hours.elapsed)
                used.add_metric((*of, value), found.used)
                if found.gone is not None:
                    gone.add_metric((*of, value), found.gone / 1000)
    yield from (passed, allowed, over, used, gone)
