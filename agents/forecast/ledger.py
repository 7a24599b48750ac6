"""The pasts of lines and services from the ledger's believed slots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from agents.desk_view.reading import COLUMNS, DeskReader
from agents.forecast.arrivals import HALF_HOURS
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
    """Return the past of each line or service before a day; None if too little is believed."""
    names = settings.lines if kind == "lines" else settings.services
    return {name: DeskPast(history, settings, kind, name).before(until) for name in names}


class DeskPast:
    """The past of a line or a service, also as it was known on earlier days.

    A day with a slot in a miscount that no correction replaces is unknown, and so is an open day without a record.
    """

    def __init__(self, history: History, settings: Settings, kind: DeskKind, name: str) -> None:
        self._history, self._kind, self._name = history, kind, name
        self._site, self._zone = settings.site, ZoneInfo(settings.timezone)
        self._reader, self._opened = DeskReader(settings), plan_of(settings).opened
        self._made: dict[tuple[object, ...], Past] = {}

    def before(self, until: date) -> Past | None:
        """Return the past before a day, by all that is known now; None if too little is believed."""
        counted = self._counted(until)
        past = None if counted is None else self._past(counted, until)
        return past if past is not None and past.suffices else None

    def as_known(self, days: Iterable[date]) -> Iterator[Past]:
        """Yield the past before each of some days, by the incidents and decisions that were known on that day."""
        every = sorted(days)
        counted = self._counted(every[-1])
        if counted is None:
            return
        for day in every:
            at = round(datetime.combine(day, time(), self._zone).timestamp() * 1000)
            past = self._past(counted, every[-1], at).until(max(0, (day - counted.first).days))
            if past.suffices:
                yield past

    def _counted(self, until: date) -> Period | None:
        period = Period(until - timedelta(LONGEST), until - timedelta(1))
        return self._history.days.counted(DAYS[self._kind], self._site, period)

    def _past(self, counted: Period, until: date, known_by: int | None = None) -> Past:
        """Return the past, made once for the same incidents and decisions."""
        incidents = self._reader.incidents(self._history, self._kind, self._name, counted, known_by)
        known = counted, until, *((each.id, each.status, len(each.decisions)) for each in incidents)
        if known not in self._made:
            self._made[known] = self._make(counted, until, known_by)
        return self._made[known]

    def _make(self, counted: Period, until: date, known_by: int | None) -> Past:
        counts = np.zeros(((until - counted.first).days, HALF_HOURS))
        slots = self._reader.slots(self._history, self._kind, self._name, counted, until, known_by)
        known = _add(counts, slots, counted.first, COLUMNS[self._kind].index(COUNTED[self._kind]), self._zone)
        for number in range(len(counts)):
            if number not in known and self._opened(counted.first + timedelta(number)):
                counts[number] = np.nan
        return Past(counted.first, counts)


def _add(counts: Floats, slots: Iterable[Bucket], first: date, place: int, zone: ZoneInfo) -> set[int]:
    """Add believed counts to their half-hours, nan if there are none; return the places of the days with a slot."""
    known = set()
    for each in slots:
        local, day = datetime.fromtimestamp(each.first * QUARTER_MS / 1000, zone), (each.day - first).days
        known.add(day)
        counts[day, local.hour * 2 + local.minute // 30] += np.nan if each.believed is None else each.believed[place]
    return known
