"""From the configuration to what the domain needs to know of each line and service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial

from agents.kafka import partition_of
from config.calendar import Calendar
from config.settings import LineDefaults, Settings
from streams.events import MAX_EPOCH
from streams.partition import Catalogue
from streams.rules import LineRules
from streams.service import ServiceRules


def catalogue(settings: Settings) -> Catalogue:
    """Return what a worker needs to know of every line and service, and in which partition each lives."""
    return Catalogue(
        {rules.id.encode(): rules for rules in lines(settings).values()},
        {rules.id.encode(): rules for rules in services(settings).values()},
        partial(partition_of, partitions=settings.kafka.partitions),
    )


def lines(settings: Settings) -> dict[str, LineRules]:
    """Return the rules of every line by its short id."""
    day = local_days(settings)
    return {name: rules_of(settings, name, line, day) for name, line in settings.lines.items()}


def rules_of(settings: Settings, name: str, line: LineDefaults, day: Callable[[int], int]) -> LineRules:
    """Return the rules of one line, whose days `local_days` counts; the configuration has seconds, the domain ms."""
    return LineRules(
        site=settings.site,
        line=name,
        lost_reasons=frozenset(line.lost_reasons),
        short_call=round(line.short_call * 1000),
        within=round(line.service_level.within * 1000),
        max_call=round(line.max_call_seconds * 1000),
        clock=settings.clock,
        lateness=round(settings.allowed_lateness * 1000),
        day=day,
    )


def local_days(settings: Settings) -> Callable[[int], int]:
    """Return the function from a moment (ms) to the number of its local day; beyond all events there is one."""
    local_day = settings.calendar().local_day
    return lambda at: local_day(min(at / 1000, MAX_EPOCH + 2 * 86_400)).toordinal()


def services(settings: Settings) -> dict[str, ServiceRules]:
    """Return the rules of every counter service by its short id."""
    closing = _closing(settings.calendar())
    return {
        name: ServiceRules(
            site=settings.site,
            service=name,
            closing=closing,
            target_wait=None if service.target_wait is None else round(service.target_wait * 1000),
            lateness=round(settings.allowed_lateness * 1000),
            clock=settings.clock,
        )
        for name, service in settings.services.items()
    }


def _closing(calendar: Calendar) -> Callable[[int], int]:
    """Return the function from a moment to when that local day's office closes: its end where it never opens; in ms."""

    @lru_cache(maxsize=1024)
    def closes(day: date) -> int:
        opened = calendar.open_intervals(day)
        return round((opened[-1][1] if opened else calendar.day_bounds(day)[1]) * 1000)

    return lambda at: closes(calendar.local_day(at / 1000))
