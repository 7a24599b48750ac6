"""Figures for a terminal, in the chosen language; empty if unknown."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from agents.language import THIN
from agents.translation import spoken_language, text
from agents.writing import Writing

SUSPECT: Final = f"{THIN}U"  # the SDMX code for low reliability


def number(value: float, digits: int = 0) -> str:
    """Write a number.

    >>> number(12345.678, 2)
    '12,345.68'
    """
    return Writing(spoken_language()).number(value, digits)


def percent(share: float | None, unknown: str = "") -> str:
    """Write a share.

    >>> percent(0.1956), percent(None), percent(None, "unknown")
    ('19.56%', '', 'unknown')
    """
    return unknown if share is None else Writing(spoken_language()).percent(share)


def seconds(length: float | None, unknown: str = "") -> str:
    """Write a length of time in seconds.

    >>> seconds(12.34), seconds(None)
    ('12.3 s', '')
    """
    return unknown if length is None else f"{number(length, 1)} s"


def minutes(length: float | None) -> str:
    """Write a length of time in seconds as minutes.

    >>> minutes(90), minutes(None)
    ('1.5 min', '')
    """
    return "" if length is None else f"{number(length / 60, 1)} min"


def span(start: datetime, end: datetime) -> str:
    """Write a stretch of time: its days, or the hours of one day.

    >>> span(datetime(2013, 9, 2, 8, 5), datetime(2013, 9, 2, 9)), span(datetime(2013, 9, 2), datetime(2013, 10, 1))
    ('2 September 2013, 08:05 to 09:00', '2 September to 1 October 2013')
    """
    writing, first, last = Writing(spoken_language()), start.date(), end.date()
    if first == last:
        clocks = {"start": writing.clock(start), "end": writing.clock(end)}
        return text("{day}, {start} to {end}", day=writing.day(first), **clocks)
    began = writing.day(first, year=first.year != last.year)
    return text("{first} to {last}", first=began, last=writing.day(last))
