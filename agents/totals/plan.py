"""The plan of an office from its configuration: targets, definitions, opening hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from math import ceil
from zoneinfo import ZoneInfo

import msgspec

from config.calendar import Calendar
from config.settings import UNCOUNTED, Holidays, Line, Settings
from config.sums import DeskSum
from streams.indicators.plan import ChannelPlan, LinePlan, Opened, Plan, ServicePlan
from streams.kept.times import QUARTER_MS


def plan_of(settings: Settings) -> Plan:
    """Return the plan of an office; a slot belongs to opening hours if the office is open when it begins."""
    calendar, opened = _hours(settings.timezone, settings.opening_hours, settings.holidays)
    return Plan(
        site=settings.site,
        lines={name: _line(settings, line) for name, line in settings.lines.items()},
        services={name: ServicePlan(each.label, each.target_wait) for name, each in settings.services.items()}
        | {
            name: ServicePlan(each.label, each.target_wait, each.services)
            for name, each in settings.sums.items()
            if each.services
        },
        channels={
            name: ChannelPlan(each.label, each.target_days, each.days) for name, each in settings.requests.items()
        }
        | {name: _sum_of_channels(settings, each) for name, each in settings.sums.items() if each.requests},
        opened=opened,
        day=lambda at: calendar.local_day(at / 1000),
        leads=settings.office.leads,
    )


@lru_cache(maxsize=64)  # most offices of a nation have the same hours, and computing a year takes a while
def _hours(timezone: str, hours: str, holidays: Holidays) -> tuple[Calendar, Opened]:
    """Return a calendar, and a function from a day to its slots of opening hours."""
    calendar = Calendar(
        timezone,
        hours,
        country=holidays.country,
        subdivision=holidays.subdivision,
        closed_days=holidays.closed,
        open_days=holidays.open,
    )
    zone = ZoneInfo(timezone)

    @lru_cache(maxsize=4096)
    def opened(day: date) -> Mapping[int, int]:
        numbers = [
            slot_no
            for start, end in calendar.open_intervals(day)
            for slot_no in range(*(ceil(moment * 1000 / QUARTER_MS) for moment in (start, end)))
        ]
        return {slot_no: datetime.fromtimestamp(slot_no * QUARTER_MS / 1000, zone).hour for slot_no in numbers}

    return calendar, opened


def rules_of(settings: Settings) -> str:
    """Return the SHA-256 of all rules of counting: lines, services, channels, hours, holidays."""
    counted = {"site", "timezone", "holidays", "opening_hours", "lines", "services", "requests"}
    if settings.sums:
        counted.add("sums")
    told = {desks: {"__all__": {*keys}} for desks, keys in UNCOUNTED.items()}
    told["requests"]["__all__"].add("section")  # the place of requests in a report
    found = settings.model_dump(mode="json", include=counted, exclude=told)
    return sha256(msgspec.json.encode(found, order="sorted")).hexdigest()


def _sum_of_channels(settings: Settings, summed: DeskSum) -> ChannelPlan:
    """Return the plan of a sum; it has the target of its channels if all have the same."""
    channels = [settings.requests[name] for name in summed.requests]
    targets = {each.target_days for each in channels}
    return ChannelPlan(summed.label, targets.pop() if len(targets) == 1 else None, channels[0].days, summed.requests)


def _line(settings: Settings, line: Line) -> LinePlan:
    return LinePlan(
        label=line.label,
        target=line.target,
        within=line.service_level.within,
        correction=line.correction,
        expected=line.expected_lost_rate,
        basis=settings.opening_hours,
        totals=line.lifecycle == "totals",
        answer_target=line.answer_target,
        agentless=line.agentless_reasons,
    )
