"""The days that an indicator is about: a year, or any other stretch of local days."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct


class Period(Struct, frozen=True):
    """Hold the first and the last local day, both included.

    >>> period = Period.of_year(2013)
    >>> period.name, period.shifted(-1).name, "2013-12-31" in period, "2014-01-01" in period
    ('2013', '2012', True, False)
    """

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int) -> Period:
        """Return a whole year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def name(self) -> str:
        """Return the year of a whole year, else both days (ISO 8601)."""
        whole = Period.of_year(self.first.year)
        return str(self.first.year) if self == whole else f"{self.first}/{self.last}"

    def shifted(self, years: int) -> Period:
        """Return the same days, so many years later."""
        return Period(_shifted(self.first, years), _shifted(self.last, years))

    def days(self) -> Iterator[date]:
        """Yield every day."""
        return (self.first + timedelta(passed) for passed in range((self.last - self.first).days + 1))

    def __contains__(self, day: str) -> bool:
        """Tell whether a day (ISO 8601) lies in it."""
        return self.first.isoformat() <= day <= self.last.isoformat()


def _shifted(day: date, years: int) -> date:
    year = day.year + years
    return day.replace(year=year, day=28 if (day.month, day.day) == (2, 29) and not isleap(year) else day.day)
