"""The days of an office's ledger, desk by desk, because a year of hundreds of lines must never be in memory at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, Protocol, TypeVar

from streams.indicators.period import Period
from streams.ledger.day import ChannelDay, LedgerDay, LineDay, ServiceDay, WitnessDay
from streams.watch.incident import DeskKind

DAY_OF: Final[Mapping[DeskKind, type[LineDay] | type[ServiceDay] | type[ChannelDay]]] = {
    "line": LineDay,
    "service": ServiceDay,
    "channel": ChannelDay,
}
D = TypeVar("D", bound=LineDay | ServiceDay | ChannelDay | WitnessDay)


class DeskDays(Protocol):
    """A source of one office's days, by the short ids of lines, services and channels."""

    def of(self, kind: type[D], name: str) -> Iterable[D]:
        """Yield all whole days of one kind of a line, service or channel, in order."""

    def span(self, kind: type[LedgerDay], period: Period) -> Period | None:
        """Return the first and the last day of a kind in a period, or None if there is none."""

    def lines(self, period: Period) -> Iterable[LineDay]: ...


class HeldDays:
    """Whole days that are already in memory.

    >>> days = HeldDays([LineDay(id="lozere/standard", day=f"2013-03-0{number}") for number in (5, 4)])
    >>> [each.day for each in days.of(LineDay, "standard")], days.span(LineDay, Period.of_year(2012))
    (['2013-03-04', '2013-03-05'], None)
    """

    def __init__(self, days: Iterable[LedgerDay]) -> None:
        self._days = sorted(days, key=lambda each: each.day)

    def of(self, kind: type[D], name: str) -> list[D]:
        return [each for each in self._days if isinstance(each, kind) and each.id.partition("/")[2] == name]

    def span(self, kind: type[LedgerDay], period: Period) -> Period | None:
        days = [each.day for each in self._days if isinstance(each, kind) and each.day in period]
        return Period(date.fromisoformat(days[0]), date.fromisoformat(days[-1])) if days else None

    def lines(self, period: Period) -> Iterator[LineDay]:
        return (each for each in self._days if isinstance(each, LineDay) and each.day in period)
