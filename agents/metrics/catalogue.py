"""What Prometheus sees of the catalogue: names, targets, and whether the office is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from agents.metrics.labels import CHANNEL, LINE, SERVICE
from config.settings import Settings


def families(
    settings: Settings, lines: Iterable[str], services: Iterable[str], channels: Iterable[str], *, opened: bool
) -> Iterator[Metric]:
    """Yield the metric families of the lines, services and channels with these short ids, as the office set them.

    `opened` tells whether the office is open now.
    """
    site = settings.site
    office = GaugeMetricFamily("tocsin_site_open", "Whether the office is open now: 0 or 1.", labels=("site",))
    office.add_metric((site,), opened)
    line_names = GaugeMetricFamily("tocsin_line_info", "What the office calls the line.", labels=(*LINE, "label"))
    lost = GaugeMetricFamily(
        "tocsin_lost_call_ratio_target", "Lost-call rate that the line should stay below.", labels=LINE
    )
    level = GaugeMetricFamily(
        "tocsin_service_level_ratio_target", "Share of the calls that should be answered in time.", labels=LINE
    )
    for name in lines:
        line = settings.lines[name]
        line_names.add_metric((site, name, line.label), 1)
        lost.add_metric((site, name), line.target)
        level.add_metric((site, name), line.service_level.share)
    service_names = GaugeMetricFamily(
        "tocsin_service_info", "What the office calls the counter service.", labels=(*SERVICE, "label")
    )
    wait = GaugeMetricFamily(
        "tocsin_ticket_wait_seconds_target", "Mean wait that the service should stay below.", labels=SERVICE
    )
    for name in services:
        service = settings.services[name]
        service_names.add_metric((site, name, service.label), 1)
        if service.target_wait is not None:
            wait.add_metric((site, name), service.target_wait)
    channel_names = GaugeMetricFamily(
        "tocsin_channel_info", "What the office calls the request channel.", labels=(*CHANNEL, "label")
    )
    for name in channels:
        channel_names.add_metric((site, name, settings.requests[name].label), 1)
    yield from (office, line_names, lost, level, service_names, wait, channel_names)
