"""The metric families of lines, services and request channels, and when each family must be written again."""

from __future__ import annotations

from typing import Final, NamedTuple

from agents.metrics import catalogue, channels, depth, incidents, lines, services, witness
from agents.metrics.catalogue import SettingsOf
from agents.metrics.written import Subject, Written
from streams.desks import still
from streams.desks.channel import Channel
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.desks.service import Service
from streams.kept.times import DAY_MS, slot_end

# The figures of a day are seven tenths of the cost of a busy line, and half a minute changes little in them.
DEPTH_MS: Final = 30_000


class Kinds(NamedTuple):
    """The written metrics of each kind of desk."""

    lines: Written[Line]
    services: Written[Service]
    channels: Written[Channel]
    desks: Written[Desk]  # the incidents of each


def kinds(settings_of: SettingsOf) -> Kinds:
    """Return the writers of each kind of desk, by the offices' settings."""

    def target(line: Line) -> float:
        return settings_of(line.rules.site).lines[line.name].target

    def calls(line: Line, _now: int) -> still.Version:
        return still.calls_version(line)

    def watch(desk: Desk, _now: int) -> still.Version:
        return still.watch_version(desk)

    def service_version(service: Service, _now: int) -> still.Version:
        return still.service_version(service)

    def never(_desk: object, _now: int) -> None:
        return None

    return Kinds(
        lines=Written(
            (
                Subject(lambda desks, _now: catalogue.line_families(settings_of, desks), never),
                Subject(lines.since_ever, calls),
                Subject(lines.waiting, calls, still.line_waits_still_until),
                Subject(lines.windows, calls, still.line_windows_still_until),
                Subject(
                    lambda desks, now: depth.families(desks, target, now),
                    calls,
                    lambda line, now: still.hours_still_until(line, now, DAY_MS),
                    held=DEPTH_MS,
                ),
                Subject(depth.repeat_families, watch, held=DEPTH_MS),
                Subject(incidents.line_families, watch, values=incidents.line_alike),
                Subject(incidents.usual_families, watch, _quarter_end, incidents.usual_at),
                Subject(lambda desks, _now: witness.families(desks), watch),
            ),
            watch,
        ),
        services=Written(
            (
                Subject(lambda desks, _now: catalogue.service_families(settings_of, desks), never),
                Subject(services.since_ever, service_version),
                Subject(services.waiting, service_version, still.service_waits_still_until),
                Subject(services.windows, service_version, still.service_windows_still_until),
            ),
            service_version,
        ),
        channels=Written(
            (
                Subject(lambda desks, _now: catalogue.channel_families(settings_of, desks), never),
                Subject(channels.families, still.channel_version),
            ),
            still.channel_version,
        ),
        desks=Written((Subject(incidents.families, watch, values=incidents.still_alike),), watch),
    )


def _quarter_end(_line: Line, now: int) -> int:
    return slot_end(now)
