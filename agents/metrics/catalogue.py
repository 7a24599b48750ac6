"""Metrics of the catalogue: names, targets, and whether the office is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from prometheus_client.core import GaugeMetricFamily, Metric

from agents.metrics.labels import CHANNEL, LINE, PLACE, SERVICE
from config.settings import Settings
from streams.desks.channel import Channel
from streams.desks.line import Line
from streams.desks.service import Service

SettingsOf: TypeAlias = Callable[[str], Settings]  # an office's settings by its site


def site_families(offices: Mapping[str, Settings], opened: Mapping[str, bool]) -> Iterator[Metric]:
    """Yield the metric families of offices by site; `opened` has whether each is open now."""
    family = GaugeMetricFamily("tocsin_site_open", "Whether the office is open now: 0 or 1.", labels=("site",))
    info = GaugeMetricFamily(
        "tocsin_site_info", "Region, department, exchange and provider of the office.", labels=PLACE
    )
    for site, settings in offices.items():
        family.add_metric((site,), opened[site])
        place = settings.place
        labels = (place.region, place.department, place.exchange, place.provider)
        info.add_metric((site, *(each or "" for each in labels)), 1)
    yield from (family, info)


def line_families(settings_of: SettingsOf, lines: Iterable[Line]) -> Iterator[Metric]:
    """Yield the metric families of lines' settings."""
    names = GaugeMetricFamily("tocsin_line_info", "The office's name for the line.", labels=(*LINE, "label"))
    lost = GaugeMetricFamily(
        "tocsin_lost_call_ratio_target", "Lost-call rate that the line should stay below.", labels=LINE
    )
    level = GaugeMetricFamily(
        "tocsin_service_level_ratio_target", "Share of the calls that should be answered in time.", labels=LINE
    )
    for desk in lines:
        label, line = (desk.rules.site, desk.name), settings_of(desk.rules.site).lines[desk.name]
        names.add_metric((*label, line.label), 1)
        lost.add_metric(label, line.target)
        level.add_metric(label, line.service_level.share)
    yield from (names, lost, level)


def service_families(settings_of: SettingsOf, services: Iterable[Service]) -> Iterator[Metric]:
    """Yield the metric families of services' settings."""
    names = GaugeMetricFamily(
        "tocsin_service_info", "The office's name for the counter service.", labels=(*SERVICE, "label")
    )
    wait = GaugeMetricFamily(
        "tocsin_ticket_wait_seconds_target", "Mean wait that the service should stay below.", labels=SERVICE
    )
    for desk in services:
        label, service = (desk.rules.site, desk.name), settings_of(desk.rules.site).services[desk.name]
        names.add_metric((*label, service.label), 1)
        if service.target_wait is not None:
            wait.add_metric(label, service.target_wait)
    yield from (names, wait)


def channel_families(settings_of: SettingsOf, channels: Iterable[Channel]) -> Iterator[Metric]:
    """Yield the metric families of request channels' settings."""
    names = GaugeMetricFamily(
        "tocsin_channel_info", "The office's name for the request channel.", labels=(*CHANNEL, "label")
    )
    for desk in channels:
        label = (desk.rules.site, desk.name)
        names.add_metric((*label, settings_of(desk.rules.site).requests[desk.name].label), 1)
    yield names
