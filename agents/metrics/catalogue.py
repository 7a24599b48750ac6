"""Metrics of the catalogue: names, targets, and whether the office is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from prometheus_client.core import GaugeMetricFamily, Metric

from agents.metrics.family import CHANNEL, LINE, PLACE, SERVICE, Family
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


def line_families(settings_of: SettingsOf, lines: Iterable[Line]) -> Iterator[Family]:
    """Yield the metric families of lines' settings."""
    names = Family("gauge", "tocsin_line_info", "The office's name for the line.", (*LINE, "label"))
    lost = Family("gauge", "tocsin_lost_call_ratio_target", "Lost-call rate that the line should stay below.", LINE)
    level = Family(
        "gauge", "tocsin_service_level_ratio_target", "Share of the calls that should be answered in time.", LINE
    )
    for desk in lines:
        label, line = (desk.rules.site, desk.name), settings_of(desk.rules.site).lines[desk.name]
        names.add((*label, line.label), 1)
        lost.add(label, line.target)
        level.add(label, line.service_level.share)
    yield from (names, lost, level)


def service_families(settings_of: SettingsOf, services: Iterable[Service]) -> Iterator[Family]:
    """Yield the metric families of services' settings."""
    names = Family("gauge", "tocsin_service_info", "The office's name for the counter service.", (*SERVICE, "label"))
    wait = Family(
        "gauge", "tocsin_ticket_wait_seconds_target", "Mean wait that the service should stay below.", SERVICE
    )
    for desk in services:
        label, service = (desk.rules.site, desk.name), settings_of(desk.rules.site).services[desk.name]
        names.add((*label, service.label), 1)
        if service.target_wait is not None:
            wait.add(label, service.target_wait)
    yield from (names, wait)


def channel_families(settings_of: SettingsOf, channels: Iterable[Channel]) -> Iterator[Family]:
    """Yield the metric families of request channels' settings."""
    names = Family("gauge", "tocsin_channel_info", "The office's name for the request channel.", (*CHANNEL, "label"))
    for desk in channels:
        label = (desk.rules.site, desk.name)
        names.add((*label, settings_of(desk.rules.site).requests[desk.name].label), 1)
    yield names
