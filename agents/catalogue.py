"""Builds the domain's rules for each line, service and channel from the configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from hashlib import blake2b
from operator import add
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.dialling import numbers_of_all
from agents.kafka.client import partition_of
from config.calendar import Calendar
from config.offices import Offices
from config.settings import UNCOUNTED, LineDefaults, Settings
from streams.calls.rules import LineRules
from streams.catalogue import Catalogue
from streams.events import MAX_EPOCH
from streams.kept.times import QUARTER_MS
from streams.requests.rules import ChannelRules
from streams.tickets.rules import ServiceRules

# The settings that change how events are counted.
_COUNTED: Final = {
    *("site", "timezone", "holidays", "opening_hours", "clock", "allowed_lateness"),
    *("lines", "services", "requests"),
}
_UNCOUNTED: Final = {desks: {"__all__": {*keys}} for desks, keys in UNCOUNTED.items()}
OFFICES: Final = 256  # different calendars whose clocks are cached
LAST_SECOND: Final = MAX_EPOCH + 2 * 86_400  # epoch seconds: no event is later


class Times(NamedTuple):
    """Functions from a moment (epoch ms) to the office's local time, and from a local day to moments."""

    day: Callable[[int], int]  # its local day, as an ordinal
    hour: Callable[[int], int]  # its local hour, 0 to 23
    open: Callable[[int], bool]  # whether the office is open
    ends: Callable[[int], int]  # the end of a local day
    opened: Callable[[int], Sequence[tuple[int, int]]]  # the opening hours of a local day


def times(settings: Settings) -> Times:
    """Return the office's clock; a moment before 1970 or after `LAST_SECOND` is moved to that limit.

    Offices with equal hours share one, so that their slots are computed once for all of them.
    """
    return _times(settings.calendar(), ZoneInfo(settings.timezone))


@lru_cache(OFFICES)
def _times(calendar: Calendar, zone: ZoneInfo) -> Times:
    def seconds(at: int) -> float:
        return max(0.0, min(at / 1000, LAST_SECOND))

    @lru_cache(maxsize=4096)
    def day_of(slot: int) -> int:
        return calendar.local_day(seconds(slot * QUARTER_MS)).toordinal()

    @lru_cache(maxsize=1024)
    def opened(day: int) -> Sequence[tuple[int, int]]:
        hours = calendar.open_intervals(date.fromordinal(day))
        return [(round(opens * 1000), round(closes * 1000)) for opens, closes in hours]

    return Times(
        day=lambda at: day_of(at // QUARTER_MS),  # a local day is made of whole slots
        hour=lambda at: datetime.fromtimestamp(seconds(at), zone).hour,
        open=lambda at: calendar.is_open(seconds(at)),
        ends=lambda day: round(calendar.day_bounds(date.fromordinal(day))[1] * 1000),
        opened=opened,
    )


class SiteRules(NamedTuple):
    """The rules of one office's lines, services and channels, by id."""

    lines: Mapping[bytes, LineRules]
    services: Mapping[bytes, ServiceRules]
    channels: Mapping[bytes, ChannelRules]


def rules_of_site(settings: Settings) -> SiteRules:
    return SiteRules(
        {rules.id.encode(): rules for rules in lines(settings).values()},
        {rules.id.encode(): rules for rules in services(settings).values()},
        {rules.id.encode(): rules for rules in channels(settings).values()},
    )


def catalogue(offices: Offices, rules: Mapping[str, SiteRules] | None = None) -> Catalogue:
    """Return the rules of every line, service and channel, and the partition of each.

    `rules` has the rules of each site if they exist already: a desk whose rules are unchanged keeps the same object.
    """
    sites = rules or {site: rules_of_site(settings) for site, settings in offices.sites.items()}
    return Catalogue(
        {name: each for site in sites.values() for name, each in site.lines.items()},
        {name: each for site in sites.values() for name, each in site.services.items()},
        {name: each for site in sites.values() for name, each in site.channels.items()},
        partial(partition_of, partitions=offices.shared.kafka.partitions),
        numbers_of_all(offices),
    )


def digest(offices: Offices) -> str:
    """Return a short hash of all settings that change how these offices are counted: equal hashes mean equal counting.

    >>> from config.settings import Line
    >>> office = Settings(site="lozere", lines={"standard": Line()})
    >>> other = office.model_copy(update={"lines": {"standard": Line(lost_reasons=("full",))}})
    >>> digest(Offices.alone(office)) == digest(Offices.alone(other))
    False
    """
    counted = "\n".join(each.model_dump_json(include=_COUNTED, exclude=_UNCOUNTED) for each in offices.sites.values())
    return blake2b(counted.encode(), digest_size=6).hexdigest()


def lines(settings: Settings) -> dict[str, LineRules]:
    office, version = times(settings), digest(Offices.alone(settings))
    return {name: rules_of(settings, name, line, office, version) for name, line in settings.lines.items()}


def rules_of(settings: Settings, name: str, line: LineDefaults, office: Times, version: str = "") -> LineRules:
    """Return the rules of one line; seconds of the configuration become ms."""
    return LineRules(
        site=settings.site,
        line=name,
        lost_reasons=frozenset(line.lost_reasons),
        short_call=round(line.short_call * 1000),
        within=round(line.service_level.within * 1000),
        basis=line.definition,
        max_call=round(line.max_call_seconds * 1000),
        clock=settings.clock,
        lateness=round(settings.allowed_lateness * 1000),
        day=office.day,
        hour=office.hour,
        open=office.open,
        expected=line.expected_lost_rate or None,
        lifecycle=line.lifecycle,
        overloads=settings.alerts.overloads,
        witness=line.witness,
        catalogue=version,
    )


def services(settings: Settings) -> dict[str, ServiceRules]:
    closing, office = _closing(settings.calendar()), times(settings)
    version = digest(Offices.alone(settings))
    return {
        name: ServiceRules(
            site=settings.site,
            service=name,
            closing=closing,
            day=office.day,
            ends=office.ends,
            opened=office.opened,
            target_wait=None if service.target_wait is None else round(service.target_wait * 1000),
            lateness=round(settings.allowed_lateness * 1000),
            clock=settings.clock,
            catalogue=version,
        )
        for name, service in settings.services.items()
    }


def channels(settings: Settings) -> dict[str, ChannelRules]:
    office, calendar = times(settings), settings.calendar()
    version = digest(Offices.alone(settings))

    def working(first: int, last: int) -> int:
        return calendar.working_days_between(date.fromordinal(first), date.fromordinal(last))

    def last_day(first: int, days: int) -> int | None:
        last = calendar.last_day_within(date.fromordinal(first), days)
        return None if last is None else last.toordinal()

    return {
        name: ChannelRules(
            site=settings.site,
            channel=name,
            day=office.day,
            ends=office.ends,
            opened=office.opened,
            between=working if channel.days == "working" else lambda first, last: last - first,
            last=last_day if channel.days == "working" else add,
            days=channel.days,
            target_days=channel.target_days,
            lateness=round(settings.allowed_lateness * 1000),
            clock=settings.clock,
            catalogue=version,
        )
        for name, channel in settings.requests.items()
    }


def _closing(calendar: Calendar) -> Callable[[int], int]:
    """Return a function from a moment to the close of the office on that local day, both in epoch ms.

    A day without opening hours closes at its end.
    """

    @lru_cache(maxsize=1024)
    def closes(day: date) -> int:
        opened = calendar.open_intervals(day)
        return round((opened[-1][1] if opened else calendar.day_bounds(day)[1]) * 1000)

    return lambda at: closes(calendar.local_day(at / 1000))
