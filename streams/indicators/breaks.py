"""Breaks in a series: changes of the definition by which a line's calls, or a channel's requests, are counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol, TypeAlias

from msgspec import Struct

from streams.calls.definition import LineDefinition
from streams.indicators.period import Period
from streams.requests.rules import ChannelDefinition

Definition: TypeAlias = LineDefinition | ChannelDefinition


class Stamped(Protocol):
    """A day of a line or channel, or the stamp of such a day."""

    @property
    def day(self) -> str:
        """Its date (ISO 8601)."""

    @property
    def definitions(self) -> Sequence[Definition]:
        """The definitions by which it was counted."""

    @property
    def slots(self) -> object:
        """A value that is true if anything was counted."""


class Stamp(NamedTuple):
    """The part of a day that shows a break."""

    day: str  # ISO 8601
    definitions: Sequence[Definition]
    slots: bool  # something was counted in it


class Break(Struct, frozen=True):
    """The first day on which a different definition was used."""

    day: date  # the first day that was counted by the other definition
    before: Definition
    after: Definition
    mixed: bool  # that day was counted by both


def breaks(days: Sequence[Stamped], period: Period) -> list[Break]:
    """Return the breaks in a period, from one line's or channel's days in order, including earlier days.

    A day from an earlier version names no definition and makes no break. A late event may bring a definition into a
    day that was counted by another: then only that day is reported.

    >>> from streams.ledger.day import LineDay
    >>> week, day = LineDefinition(lost_reasons=("full",), short_call=0, within=0), date(2013, 3, 4)
    >>> other = LineDefinition(lost_reasons=("timeout",), short_call=0, within=0)
    >>> days = [LineDay(id="a/b", day=f"2013-03-0{each}", definitions=[by]) for each, by in ((1, week), (4, other))]
    >>> [(each.day.isoformat(), each.after.lost_reasons) for each in breaks(days, Period.of_year(2013))]
    [('2013-03-04', ('timeout',))]
    """
    stamped = [day for day in days if day.definitions and date.fromisoformat(day.day) <= period.last]
    found: list[Break] = []
    now: Definition | None = None
    for index, day in enumerate(stamped):
        mixed = now in day.definitions
        lasting = not mixed or all(now not in after.definitions for after in stamped[index + 1 : index + 2])
        for each in day.definitions:
            if now is not None and each != now:
                change = Break(date.fromisoformat(day.day), now, each, mixed)
                if lasting or not any((one.before, one.after) == (now, each) for one in found):
                    found.append(change)
        if lasting or now is None:
            now = day.definitions[-1]
    return [each for each in found if period.first <= each.day]


def unstamped(days: Sequence[Stamped]) -> int:
    """Return how many days, written by an earlier version, name no definition though other days do."""
    without = sum(bool(day.slots) and not day.definitions for day in days)
    return without if any(day.definitions for day in days) else 0
