"""What Prometheus sees of the catalogue: names, targets, and whether the office is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from agents.metrics.labels import CHANNEL, LINE, SERVICE
from config.settings import Settings
from streams.desks.channel import Channel
from streams.desks.line import Line
from streams.desks.service import Service


def office(settings: Settings, *, opened: bool) -> Metric:
    """Return the metric family of the office; `opened` tells whether it is open now."""
    family = GaugeMetricFamily("tocsin_site_open", "Whether the office is open now: 0 or 1.", labels=("site",))
    family.add_metric((settings.site,), opened)
    return family


def line_families(settings: Settings, lines: Iterable[Line]) -> Iterator[Metric]:
    """Yield the metric families of lines as the office set them."""
    names = GaugeMetricFamily("tocsin_line_info", "What the office calls the line.", labels=(*LINE, "label"))
    lost = GaugeMetricFamily(
        "tocsin_lost_call_ratio_target", "Lost-call rate that the line should stay below.", labels=LINE
    )
    level = GaugeMetricFamily(
        "tocsin_service_level_ratio_target", "Share of the calls that should be answered in time.", labels=LINE
    )
    for desk in lines:
        label, line = (settings.site, desk.name), settings.lines[desk.name]
        names.add_metric((*label, line.label), 1)
        lost.add_metric(label, line.target)
        level.add_metric(label, line.service_level.share)
    yield from (names, lost, level)


def service_families(settings: Settings, services: Iterable[Service]) -> Iterator[Metric]:
    """Yield the metric families of services as the office set them."""
    names = GaugeMetricFamily(
        "tocsin_service_info", "What the office calls the counter service.", labels=(*SERVICE, "label")
    )
    wait = GaugeMetricFamily(
        "tocsin_ticket_wait_seconds_target", "Mean wait that the service should stay below.", labels=SERVICE
    )
    for desk in services:
        label, service = (settings.site, desk.name), settings.services[desk.name]
        names.add_metric((*label, service.label), 1)
        if service.target_wait is not None:
            wait.add_metric(label, service.target_wait)
    yield from (names, wait)


def channel_families(settings: Settings, channels: Iterable[Channel]) -> Iterator[Metric]:
    """Yield the metric families of request channels as the office set them."""
    names = GaugeMetricFamily(
        "tocsin_channel_info", "What the office calls the request channel.", labels=(*CHANNEL, "label")
    )
    for desk in channels:
        names.add_metric((settings.site, desk.name, settings.requests[desk.name].label), 1)
    yield names
