"""The pasts of lines and services from the ledger's believed slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from agents.desk_view.reading import COLUMNS, DeskReader
from agents.forecast.arrivals import HALF_HOURS, LEAST_DAYS
from agents.forecast.written import DeskKind
from agents.history.ledger import History
from agents.totals.plan import plan_of
from config.settings import Settings
from streams.forecast.expected import LONGEST
from streams.forecast.past import Floats, Past
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LineDay, ServiceDay
from streams.periods.buckets import Bucket

COUNTED: Final[Mapping[DeskKind, str]] = {"lines": "offered", "services": "issued"}  # callers, visitors
DAYS: Final[Mapping[DeskKind, type[LineDay] | type[ServiceDay]]] = {"lines": LineDay, "services": ServiceDay}


def last_day(history: History, site: str, before: date) -> date | None:
    """Return the last day before another on which a line or a service was counted."""
    period = Period(date.min, before - timedelta(1))
    found = [history.days.counted(kind, site, period) for kind in (LineDay, ServiceDay)]
    return max((each.last for each in found if each is not None), default=None)


def pasts_of(history: History, settings: Settings, kind: DeskKind, until: date) -> dict[str, Past | None]:
    """Return the past of each line or service before a day; None if too little is believed.

    A day with a slot in a miscount that no correction replaces is unknown, and so is an open day without a record.
    """
    reader, opened, zone = DeskReader(settings), plan_of(settings).opened, ZoneInfo(settings.timezone)
    period = Period(until - timedelta(LONGEST), until - timedelta(1))
    counted = history.days.counted(DAYS[kind], settings.site, period)
    names = settings.lines if kind == "lines" else settings.services
    if counted is None:
        return dict.fromkeys(names)
    place = COLUMNS[kind].index(COUNTED[kind])
    found: dict[str, Past | None] = {}
    for name in names:
        counts = np.zeros(((until - counted.first).days, HALF_HOURS))
        known = _add(counts, reader.slots(history, kind, name, counted, until), counted.first, place, zone)
        for number in range(len(counts)):
            day = counted.first + timedelta(number)
            if number not in known and opened(day):
                counts[number] = np.nan
        days = counts.sum(axis=1)
        enough = (~np.isnan(days)).sum() >= LEAST_DAYS and np.nansum(days) > 0
        found[name] = Past(counted.first, counts) if enough else None
    return found


def _add(counts: Floats, slots: Iterable[Bucket], first: date, place: int, zone: ZoneInfo) -> set[int]:
    """Add believed counts to their half-hours, nan if there are none; return the places of the days with a slot."""
    known = set()
    for each in slots:
        local, day = datetime.fromtimestamp(each.first * QUARTER_MS / 1000, zone), (each.day - first).days
        known.add(day)
        counts[day, local.hour * 2 + local.minute // 30] += np.nan if each.believed is None else each.believed[place]
    return known
