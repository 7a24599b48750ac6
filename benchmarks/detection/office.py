"""The office whose line is measured: as it is configured, and its days and moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from agents.simulation.office import office_days
from config.settings import Holidays, Settings, load
from streams.simulation.office import OfficeDay

LINE: Final = "circulation"
YEAR: Final = 2013
BANK_HOURS: Final = "Su-Th 07:00-24:00"  # Technion: on Fridays and Saturdays it opens for some hours only
BANK_ZONE: Final = "Asia/Jerusalem"


@lru_cache
def office(*, bank: bool = False) -> Settings:
    """Return the settings of Lozère, on the events' clock; with the hours of the bank whose calls are played."""
    other: dict[str, Any] = {"clock": "event"}
    if bank:
        other |= {"opening_hours": BANK_HOURS, "timezone": BANK_ZONE, "holidays": Holidays(country=None)}
    return load(None, {}).model_copy(update=other)


def with_line(settings: Settings, **line: Any) -> Settings:
    """Return the settings with this line alone, and what is otherwise configured of it."""
    return settings.model_copy(update={"lines": {LINE: settings.lines[LINE].model_copy(update=line)}})


@lru_cache(maxsize=512)
def stretch(first: date, days: int, *, bank: bool = False) -> tuple[OfficeDay, ...]:
    """Return so many local days in a row."""
    return tuple(office_days(office(bank=bank), first, first + timedelta(days - 1)))


def opening(days: Sequence[OfficeDay], number: int) -> OfficeDay:
    """Return an opening day by its number, from 0."""
    return [day for day in days if day.opened][number]


def moment(day: OfficeDay, hour: float) -> float:
    """Return a moment of an opening day (epoch s), for an hour of its clock: no clock is changed on such a day."""
    return day.start + hour * 3_600


def open_days(days: Sequence[OfficeDay], start: float, end: float) -> float:
    """Return the number of opening days between two moments (epoch s); parts of a day count as parts."""
    passed = whole = 0.0
    opened = 0
    for day in days:
        opened += bool(day.opened)
        for opens, closes in day.opened:
            whole += closes - opens
            passed += max(0.0, min(closes, end) - max(opens, start))
    return passed / (whole / opened)
