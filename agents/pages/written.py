"""How figures, moments and periods are written in French."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from agents.pages.words import Both
from streams.indicators.indicator import Compared, Indicator
from streams.indicators.period import Period
from streams.watch import french
from streams.watch.french import THIN, number

_MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
SHORT_MONTHS: Final = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)
_MANY_MINUTES: Final = 10  # a longer time is written without seconds
_MANY_HOURS: Final = 48  # a longer time is written in days


def percent(share: float | None, digits: int = 2) -> str:
    """Write a share as in French; a dash where there is none.

    >>> percent(0.1956).replace(THIN, " ")
    '19,56 %'
    """
    return "—" if share is None else french.percent(share, digits)


def value(indicator: Indicator, found: float | None, digits: int = 2) -> str:
    """Write a value in the unit of an indicator, as in French; a dash where there is none."""
    if indicator.unit == "share" or found is None:
        return percent(found, digits)
    return f"{number(found, digits)}{THIN}{'min' if indicator.unit == 'minutes' else 'j'}"


def target(indicator: Indicator) -> str:
    """Write what an indicator should stay below; a dash where it has no target."""
    if indicator.target is None:
        return "—"
    return f"<{THIN}{value(indicator, indicator.target, 0 if _whole(indicator.target * 100) else 2)}"


def promised(share: float) -> str:
    """Write a share that somebody has set, as in French, with no more digits than it has.

    >>> [promised(each).replace(THIN, " ") for each in (0.1, 0.025, 0.9999)]
    ['10 %', '2,5 %', '99,99 %']
    """
    return percent(share, 0 if _whole(share * 100) else 1 if _whole(share * 1000) else 2)


def _whole(value: float) -> bool:
    return round(value, 6).is_integer()


def day(when: date) -> str:
    """Write a day as in French.

    >>> day(date(2013, 9, 1)), day(date(2013, 9, 2))
    ('1er septembre 2013', '2 septembre 2013')
    """
    return f"{'1er' if when.day == 1 else when.day} {_MONTHS[when.month - 1]} {when.year}"


def moment(local: datetime) -> str:
    """Write a local moment as in French.

    >>> moment(datetime(2013, 9, 2, 8, 5)).replace(THIN, " ")
    '2 septembre 2013 à 8 h 05'
    """
    return f"{day(local.date())} à {clock(local)}"


def clock(local: datetime) -> str:
    """Write the time of day of a local moment as in French."""
    return f"{local.hour}{THIN}h{THIN}{local.minute:02}"


def duration(seconds: float | None) -> str:
    """Write a length of time as in French; a dash where there is none.

    >>> [duration(each).replace(THIN, " ") for each in (None, 9.4, 125, 1830, 3 * 3600 + 240, 3 * 86400)]
    ['—', '9 s', '2 min 05 s', '30 min', '3 h 04 min', '3 j']
    """
    if seconds is None:
        return "—"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= _MANY_HOURS:
        return f"{hours // 24}{THIN}j"
    if hours:
        return f"{hours}{THIN}h{THIN}{minutes:02}{THIN}min"
    if minutes >= _MANY_MINUTES:
        return f"{minutes}{THIN}min"
    return f"{minutes}{THIN}min{THIN}{rest:02}{THIN}s" if minutes else f"{rest}{THIN}s"


def month(name: str) -> str:
    """Write a month (`2013-09`) in short, as in French."""
    return SHORT_MONTHS[int(name[5:]) - 1]


def period(of: Period) -> Both:
    """Write a period: the year, or from when to when."""
    if "/" not in of.name:
        return Both(of.name, of.name)
    begins = day(of.first).removesuffix(f" {of.last.year}")
    return Both(f"du {begins} au {day(of.last)}", f"{of.first} to {of.last}")


def compared(indicator: Indicator, other: Compared) -> str:
    """Write the same indicator of another year, with its days where they are not the whole year."""
    when = period(other.period if other.whole else other.counted).fr
    return f"{when} : {value(indicator, other.corrected)}"
