"""The book of a line, a service or a channel: its days that are still written, until they are published for good.

A day is written for as long as late events usually come for it, then it is *closed*, at a moment that the events alone
decide. What is told of it later opens a *part* of it, named by the offset of the event that opened it. So which record
of the ledger an event is counted in, and what that record says, follow from the events up to an offset and from nothing
else: not from checkpoints, crashes, or which worker it was (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final, Generic, Protocol, TypeVar

from msgspec import Struct

from streams.kept.times import QUARTER_MS
from streams.ledger.day import LedgerDay, copied

OPEN_DAYS: Final = 7  # so long a day is written
MAX_PARTS: Final = 31  # a month of closed days that are told of again, as one file may

D = TypeVar("D", bound=LedgerDay)
T = TypeVar("T")


class Book(Struct, Generic[D]):
    """Hold what is written and not published for good yet; it is part of a state.

    `days` has by local day (an ordinal) the day, or the part of it, that is being written. `done` gets nothing any more
    and is to be published once more. No day up to `closed` is begun, only parts of it.
    """

    days: dict[int, D] = {}
    done: list[D] = []
    closed: int = 0


class Standing(Protocol):
    """Stand for a state that holds a book: where it stands in its input while it takes an event."""

    epoch: int
    offset: int
    book: Book[Any]


class Ledger(Generic[D]):
    """Find the day to write in; `pages` has those found, by slot number, where the hot path looks first.

    `kind` and `name` are of the days, `day` tells the local day of a moment (ms) as an ordinal. While no event is
    taken, as when time passes, nothing may be written on a day that is closed.
    """

    def __init__(
        self,
        state: Standing,
        kind: type[D],
        name: str,
        day: Callable[[int], int],
        open_days: int = OPEN_DAYS,
    ) -> None:
        self.pages: dict[int, D] = {}
        self._state = state
        self._kind = kind
        self._name = name
        self._day = day
        self._open_days = open_days

    @property
    def book(self) -> Book[D]:
        """Return the book in the state."""
        return self._state.book

    def turn(self, high: int) -> int:
        """Close the days that are over by so many, when all events before the one to come reached up to `high` (ms).

        Return from which `high` on to do so again.
        """
        book = self._state.book
        closed = self._day(high) - self._open_days
        if closed > book.closed:
            book.closed = closed
            for day in [day for day in book.days if day <= closed]:
                self._finish(day)
        return (high // QUARTER_MS + 1) * QUARTER_MS

    def page(self, slot_no: int) -> D:
        """Return the day to write a slot in; it is begun where there is none."""
        found = self.pages.get(slot_no)
        if found is None:
            day = self._day(slot_no * QUARTER_MS)
            found = self.pages[slot_no] = self._state.book.days.get(day) or self._begin(day)
        return found

    def blank(self, day: int, part: str = "") -> D:
        """Return a day (an ordinal), or a part of it, on which nothing was counted yet."""
        return self._kind(id=self._name, day=date.fromordinal(day).isoformat(), part=part)

    def days(self, live: Iterable[tuple[int, T]], count: Callable[[D, T], None]) -> list[D]:
        """Return the days that are being written; `count` counts in them what is `live`, each with its slot number."""
        book = self._state.book
        days = dict(book.days)
        ordinals: dict[int, int] = {}
        for slot_no, each in live:
            day = ordinals.get(slot_no)
            if day is None:
                day = ordinals[slot_no] = self._day(slot_no * QUARTER_MS)
                if days.get(day) is book.days.get(day) and (day in days or day > book.closed):
                    days[day] = copied(days[day]) if day in days else self.blank(day)
            if day in days:  # else it is counted in a part that it opens once it is no longer live
                count(days[day], each)
        return list(days.values())

    def take(self) -> list[D]:
        """Return the days that get nothing any more; who takes them makes them safe, or gives them back."""
        book = self._state.book
        done, book.done = book.done, []
        return done

    def give_back(self, done: list[D]) -> None:
        """Keep days that were taken and not made safe."""
        self._state.book.done[:0] = done

    def _begin(self, day: int) -> D:
        state = self._state
        days = state.book.days
        if day > state.book.closed:
            part = ""
        else:
            part = f"{state.epoch}.{state.offset}"
            parts = [each for each, page in days.items() if page.part]
            if len(parts) >= MAX_PARTS:
                self._finish(parts[0])
        begun = days[day] = self.blank(day, part)
        return begun

    def _finish(self, day: int) -> None:
        book = self._state.book
        book.done.append(book.days.pop(day))
        self.pages.clear()
