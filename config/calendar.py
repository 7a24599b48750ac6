"""An office's calendar: opening hours, working days, and the bounds of its days."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
import opening_hours

from streams.said import said

if TYPE_CHECKING:
    from collections.abc import Collection

_DAYS_KEPT = 4096  # eleven years of days, because a replay of many lines moves back and forth in time
_YEARS_KEPT = 512
_DAY = timedelta(days=1)


class _Day(NamedTuple):
    """A local day; moments in epoch seconds."""

    date: date
    start: float
    end: float  # the first moment of the next day
    opened: tuple[tuple[float, float], ...]  # beginnings and ends of opening hours


class Calendar:
    """One office's calendar in its own time zone.

    A holiday or a closed day is closed whatever the weekly hours are; a day in `open_days` follows the weekly hours
    even if it is a holiday. Raise `ValueError` with the expected value for an impossible argument.

    >>> office = Calendar("Europe/Paris", "Mo-Fr 08:30-12:00,13:30-17:00", country="FR")
    >>> office.is_working_day(date(2013, 5, 9))  # Ascension
    False
    """

    def __init__(
        self,
        timezone: str,
        hours: str,
        *,
        country: str | None = None,
        subdivision: str | None = None,
        closed_days: Collection[date] = (),
        open_days: Collection[date] = (),
    ) -> None:
        self._zone = zone(timezone)
        self._hours = weekly_hours(hours)
        self._holidays = public_holidays(country, subdivision)
        self._closed = frozenset(closed_days)
        self._open = frozenset(open_days)
        self._day = lru_cache(_DAYS_KEPT)(self._built_day)
        self._working = lru_cache(_YEARS_KEPT)(self._working_days)
        self._last = self._day(date(2013, 1, 1))

    def is_open(self, epoch_seconds: float) -> bool:
        return any(start <= epoch_seconds < end for start, end in self._day_of(epoch_seconds).opened)

    def local_day(self, epoch_seconds: float) -> date:
        return self._day_of(epoch_seconds).date

    def day_bounds(self, day: date) -> tuple[float, float]:
        """Return the start and the end of a local day, in epoch seconds; they are 23 to 25 hours apart."""
        return self._day(day).start, self._day(day).end

    def open_intervals(self, day: date) -> list[tuple[float, float]]:
        """Return the opening hours of a local day, in epoch seconds."""
        return list(self._day(day).opened)

    def is_working_day(self, day: date) -> bool:
        return bool(self._day(day).opened)

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after `start` and up to `end`, included: the day of receipt is day 0."""
        years = map(self._working, range(start.year, end.year + 1))
        return max(0, sum(bisect_right(days, end) - bisect_right(days, start) for days in years))

    def last_day_within(self, start: date, working_days: int) -> date | None:
        """Return the last day that lies at most this many working days after `start`.

        Return None if no such day was found, because the office works less than about a day a month.
        """
        left = working_days
        for year in range(start.year, start.year + 2 + working_days // 12):
            days = self._working(year)
            next_one = bisect_right(days, start) + left  # the first working day beyond the limit
            if next_one < len(days):
                return days[next_one] - timedelta(days=1)
            left = next_one - len(days)
        return None

    def _day_of(self, epoch_seconds: float) -> _Day:
        day = self._last
        if not day.start <= epoch_seconds < day.end:  # consecutive events are mostly on one day
            day = self._last = self._day(datetime.fromtimestamp(epoch_seconds, self._zone).date())
        return day

    def _built_day(self, day: date) -> _Day:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the library reckons in wall time
        opened = () if self._is_closed(day) else tuple(self._opened(midnight))
        return _Day(day, self._epoch(midnight), self._epoch(midnight + _DAY), opened)

    def _working_days(self, year: int) -> list[date]:
        first, end = date(year, 1, 1), date(year + 1, 1, 1)
        days = (first + timedelta(days=passed) for passed in range((end - first).days))
        return [day for day in days if self.is_working_day(day)]

    def _is_closed(self, day: date) -> bool:
        return day in self._closed or (day in self._holidays and day not in self._open)

    def _opened(self, midnight: datetime) -> list[tuple[float, float]]:
        spans = self._hours.intervals(midnight, midnight + _DAY)
        opened = [
            (self._epoch(start), self._epoch(end))
            for start, end, state, _ in spans
            if state == opening_hours.State.OPEN
        ]
        return [(start, end) for start, end in opened if start < end]  # the hour that spring skips is empty

    def _epoch(self, wall: datetime) -> float:
        return wall.replace(tzinfo=self._zone).timestamp()


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name in the tz database, or raise `ValueError`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder there
        raise ValueError(said("a time zone of the tz database, such as Europe/Paris")) from None


def weekly_hours(text: str) -> opening_hours.OpeningHours:
    """Return opening hours in the OpenStreetMap notation, or raise `ValueError`."""
    if not opening_hours.validate(text):
        raise ValueError(said("hours in the OpenStreetMap notation, such as Mo-Fr 08:30-12:00,13:30-17:00"))
    return opening_hours.OpeningHours(text)


def public_holidays(country: str | None, subdivision: str | None = None) -> holidays.HolidayBase:
    """Return the public holidays of a country by day; none without a country.

    Raise `ValueError` for an unknown country or subdivision.
    """
    if country is None:
        return holidays.HolidayBase()
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise ValueError(said("a country by its ISO 3166 code, such as FR"))
    if subdivision is not None and subdivision not in known[country]:
        raise ValueError(
            said(
                "a subdivision of {country}: one of {known}, or null", country=country, known=", ".join(known[country])
            )
        )
    return holidays.country_holidays(country, subdiv=subdivision)
