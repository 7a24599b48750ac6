"""A period of local days: a year, a quarter, a month or any other range."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct


class Period(Struct, frozen=True):
    """A first and a last local day, both included.

    >>> period = Period.of_year(2013)
    >>> period.name, period.shifted(-1).name, "2013-12-31" in period, "2014-01-01" in period
    ('2013', '2012', True, False)
    >>> Period.of_months(2013, 4, 3).name, Period(date(2013, 4, 1), date(2013, 4, 30)).name
    ('2013-Q2', '2013-04')
    """

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int) -> Period:
        return cls.of_months(year, 1, 12)

    @classmethod
    def of_months(cls, year: int, month: int, count: int) -> Period:
        """Return the period of `count` whole months that begins with this month of a year."""
        end = month + count - 1
        return cls(date(year, month, 1), date(year, end, monthrange(year, end)[1]))

    @property
    def name(self) -> str:
        """The name of a whole year, quarter or month (`2013`, `2013-Q2`, `2013-04`), otherwise both days (ISO 8601)."""
        year, month = self.first.year, self.first.month
        match self.months:
            case 12:
                return f"{year}"
            case 3:
                return f"{year}-Q{(month + 2) // 3}"
            case 1:
                return f"{year}-{month:02}"
            case _:
                return f"{self.first}/{self.last}"

    @property
    def months(self) -> int | None:
        """The number of months, 12, 3 or 1, of a whole year, quarter or month, otherwise None."""
        year, month = self.first.year, self.first.month
        beginning = (months for months in (12, 3, 1) if (month - 1) % months == 0)
        return next((months for months in beginning if self == Period.of_months(year, month, months)), None)

    @property
    def preceding(self) -> Period | None:
        """The quarter before a whole quarter, the month before a whole month, otherwise None.

        >>> period = Period.of_months(2013, 1, 3).preceding
        >>> period.name, Period.of_year(2013).preceding
        ('2012-Q4', None)
        """
        months = self.months
        if months not in {3, 1}:
            return None
        before = self.first - timedelta(1)
        return Period.of_months(before.year, before.month - months + 1, months)

    def shifted(self, years: int) -> Period:
        """Return the same days `years` later. The last day of a month becomes the last day of the later month.

        >>> Period.of_months(2011, 2, 1).shifted(1).name, Period.of_months(2012, 2, 1).shifted(1).name
        ('2012-02', '2013-02')
        """
        last = _shifted(self.last, years)
        if (self.last + timedelta(1)).day == 1:
            last = last.replace(day=monthrange(last.year, last.month)[1])
        return Period(_shifted(self.first, years), last)

    def days(self) -> Iterator[date]:
        return (self.first + timedelta(passed) for passed in range((self.last - self.first).days + 1))

    def years(self) -> range:
        return range(self.first.year, self.last.year + 1)

    def __contains__(self, day: str) -> bool:
        """Return whether a day (ISO 8601) lies in the period."""
        return self.first.isoformat() <= day <= self.last.isoformat()


def _shifted(day: date, years: int) -> date:
    year = day.year + years
    return day.replace(year=year, day=28 if (day.month, day.day) == (2, 29) and not isleap(year) else day.day)
