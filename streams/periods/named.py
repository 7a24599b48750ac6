"""Periods by name: a day, a week, a month, a quarter, a year, or any range of days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Final, Literal, NamedTuple, TypeAlias

from streams.figures.cut import monday
from streams.indicators.period import Period

PeriodKind: TypeAlias = Literal["day", "week", "month", "quarter", "year", "range"]
BucketGrain: TypeAlias = Literal["quarter", "hour", "day", "week", "month"]

YEARS: Final = range(1970, 2200)  # years whose days have neighbours within the range of dates
MOST_DAYS: Final = 1100  # three years
_SAME_WEEKDAYS: Final = timedelta(364)  # a year earlier, on the same weekdays
_FINEST: Final[tuple[tuple[int, BucketGrain], ...]] = ((1, "quarter"), (7, "hour"), (62, "day"), (750, "week"))
_WEEK: Final = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_QUARTER: Final = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)
CLOSED_DAYS: Final = 366  # maximum between two open days: an office that never opens has no day


class OtherPeriod(NamedTuple):
    """A period for comparison, and its role."""

    what: Literal["before", "week", "year"]
    period: Period


def period_of(name: str) -> Period:
    """Return the period of a name: `2026`, `2026-Q1`, `2026-03`, `2026-W09` (ISO 8601), `2026-03-04`.

    Raise ValueError for any other name.

    >>> period_of("2026-W09").name, period_of("2026-02").name, period_of("2026").name
    ('2026-02-23/2026-03-01', '2026-02', '2026')
    """
    found = _named(name)
    return range_of(found.first, found.last)


def _named(name: str) -> Period:
    if match := _WEEK.fullmatch(name):
        return around("week", date.fromisocalendar(int(match[1]), int(match[2]), 1))
    if match := _QUARTER.fullmatch(name):
        return Period.of_months(int(match[1]), 3 * int(match[2]) - 2, 3)
    if match := _MONTH.fullmatch(name):
        return Period.of_months(int(match[1]), int(match[2]), 1)
    if _YEAR.fullmatch(name):
        return Period.of_months(int(name), 1, 12)
    if not _DAY.fullmatch(name):
        raise ValueError(f"no period {name!r}")
    return around("day", date.fromisoformat(name))


def range_of(first: date, last: date) -> Period:
    """Return the period from one day to another; raise ValueError if it is empty or too long to show."""
    if first > last or first.year not in YEARS or last.year not in YEARS or (last - first).days >= MOST_DAYS:
        raise ValueError(f"no period from {first} to {last}")
    return Period(first, last)


def kind_of(period: Period) -> PeriodKind:
    first, last = period.first, period.last
    if first == last:
        return "day"
    if first.weekday() == 0 and last - first == timedelta(6):
        return "week"
    whole_months: dict[int | None, PeriodKind] = {1: "month", 3: "quarter", 12: "year"}
    return whole_months.get(period.months, "range")


def asked_by(period: Period) -> dict[str, str]:
    """Return the query parameters that ask for a period; `period_of` reads the value of `period`.

    >>> asked_by(period_of("2026-W01")), asked_by(Period(date(2026, 1, 2), date(2026, 1, 5)))
    ({'period': '2026-W01'}, {'from': '2026-01-02', 'to': '2026-01-05'})
    """
    first = period.first
    match kind_of(period):
        case "day":
            return {"period": first.isoformat()}
        case "week":
            year, week, _ = first.isocalendar()
            return {"period": f"{year}-W{week:02}"}
        case "month" | "quarter" | "year":
            return {"period": period.name}
        case "range":
            return {"from": first.isoformat(), "to": period.last.isoformat()}


def around(kind: PeriodKind, day: date) -> Period:
    """Return the period of a kind that contains a day. If the kind is a range, return the day itself."""
    match kind:
        case "week":
            return Period(monday(day), monday(day) + timedelta(6))
        case "month":
            return Period.of_months(day.year, day.month, 1)
        case "quarter":
            return Period.of_months(day.year, day.month - (day.month - 1) % 3, 3)
        case "year":
            return Period.of_year(day.year)
        case "day" | "range":
            return Period(day, day)


def before(period: Period) -> Period:
    """Return the period of the same kind that ends on the day before."""
    return _beside(period, period.first - timedelta(1), -1)


def after(period: Period) -> Period:
    """Return the period of the same kind that begins on the day after."""
    return _beside(period, period.last + timedelta(1), 1)


def compared_with(period: Period) -> list[OtherPeriod]:
    """Return the periods for comparison: the period before, for a day also a week ago, and a year ago.

    A year ago, a day, a week or a short range has the same weekdays, and a month is the same month.

    >>> [(what, other.name) for what, other in compared_with(period_of("2026-W09"))]
    [('before', '2026-02-16/2026-02-22'), ('year', '2025-02-24/2025-03-02')]
    """
    found = [OtherPeriod("before", before(period))]
    if kind_of(period) == "day":
        found.append(OtherPeriod("week", _moved(period, timedelta(-7))))
    calendar = kind_of(period) in {"month", "quarter", "year"}
    year = period.shifted(-1) if calendar else _moved(period, -_SAME_WEEKDAYS)
    if all(year != each.period for each in found):
        found.append(OtherPeriod("year", year))
    return found


def grain_of(period: Period) -> BucketGrain:
    """Return the resolution for a period: quarters of an hour for a day, weeks for a year."""
    return next((grain for most, grain in _FINEST if len(list(period.days())) <= most), "month")


def _beside(period: Period, day: date, side: int) -> Period:
    kind = kind_of(period)
    if kind == "range":
        return _moved(period, side * (period.last - period.first + timedelta(1)))
    return around(kind, day)


def _moved(period: Period, by: timedelta) -> Period:
    return Period(period.first + by, period.last + by)


def last_over(kind: PeriodKind, today: date, opens: Callable[[date], bool], most: int) -> list[Period]:
    """Return up to `most` periods of a kind that are over before `today`, earliest first.

    >>> weekday = lambda day: day.weekday() < 5
    >>> [each.name for each in last_over("day", date(2026, 11, 30), weekday, 2)]
    ['2026-11-26/2026-11-26', '2026-11-27/2026-11-27']
    >>> [each.name for each in last_over("week", date(2026, 11, 30), weekday, 1)]
    ['2026-11-23/2026-11-29']
    """
    return [*islice(_over(kind, today, opens), most)][::-1]


def _over(kind: PeriodKind, today: date, opens: Callable[[date], bool]) -> Iterator[Period]:
    period, closed = before(around(kind, today)), 0
    while closed < CLOSED_DAYS:
        if kind != "day" or opens(period.first):
            closed = 0
            yield period
        else:
            closed += 1
        period = before(period)
