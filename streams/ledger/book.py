"""The book of a line, a service or a channel: its days that are still written, until they are published for good.

A day is *open* for as long as late events usually come for it. Then it is *closed*, at a moment that the events alone
decide. A later event of a closed day opens a *part* of it, which is named by that event's offset. So which record of
the ledger an event is counted in, and what that record says, follow from the events up to an offset and from nothing
else: not from checkpoints, crashes, or which worker it was (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final, Generic, Protocol, TypeVar

from msgspec import Struct

from streams.kept.record import Position, position_of
from streams.kept.times import QUARTER_MS, slot_end
from streams.ledger.day import LedgerDay, copied

OPEN_DAYS: Final = 7  # how long a day is open
MAX_PARTS: Final = 31  # written at once: a file may bring events of a whole month that is closed

D = TypeVar("D", bound=LedgerDay)
T = TypeVar("T")


class Book(Struct, Generic[D]):
    """Hold what is written and not published for good yet; it is part of a state."""

    days: dict[int, D] = {}  # by local day (an ordinal): the open day, or the part of a closed one
    done: list[D] = []  # days and parts that get nothing any more, to be published once more
    closed: int = 0  # the last local day (an ordinal) that is closed; only parts of it are begun
    kept: int = 0  # in a book that was begun anew: the last local day (an ordinal) that the ledger keeps as it is,
    kept_until: int = -1  # and up to which offset the ledger holds what happened to it; -1 once that was folded


class BookHolder(Protocol):
    """Stand for a state that holds a book, and the position of the event that it takes."""

    @property
    def epoch(self) -> int:
        """Return which making of its input it is."""

    @property
    def offset(self) -> int:
        """Return the offset of the event that is taken."""

    @property
    def others(self) -> int:
        """Return the sum of the offsets in its further inputs."""

    @property
    def book(self) -> Book[Any]:
        """Return its book."""


def note(day: LedgerDay, catalogue: str) -> None:
    """Note in a day by which version of its office's configuration it is counted; empty where that is not known."""
    if catalogue and catalogue not in day.catalogues:
        day.catalogues.append(catalogue)


class Ledger(Generic[D]):
    """Write the book of a state: find the day or part that a slot belongs to, and close days.

    `kind` and `name` are the days' type and id, `catalogue` names the version of the configuration that holds now.
    `day` gives the local day (an ordinal) of a moment (ms). `pages` keeps
    what was found, by slot number: the hot path looks there first. A part takes its name from an event, so a closed
    day may only be written on while an event is taken, and not when time passes.
    """

    def __init__(
        self,
        state: BookHolder,
        kind: type[D],
        name: str,
        day: Callable[[int], int],
        open_days: int = OPEN_DAYS,
        catalogue: str = "",
    ) -> None:
        self.pages: dict[int, D] = {}
        self._state = state
        self._kind = kind
        self._name = name
        self._day = day
        self._open_days = open_days
        self._catalogue = catalogue

    @property
    def book(self) -> Book[D]:
        """Return the book in the state."""
        return self._state.book

    @property
    def position(self) -> Position:
        """Return how far the input that writes the days was folded."""
        return position_of(self._state)

    def turn(self, high: int) -> int:
        """Close the days that are older than `open_days`, given the highest event time so far (ms).

        Return the event time at which to call again.
        """
        book = self._state.book
        closed = self._day(high) - self._open_days
        if closed > book.closed:
            book.closed = closed
            for day in [day for day in book.days if day <= closed]:
                self._finish(day)
        return slot_end(high)

    def page(self, slot_no: int) -> D:
        """Return the open day, or the part of a closed one, to write a slot in; begin it where there is none."""
        page = self.pages.get(slot_no)
        if page is None:
            day, book = self._day(slot_no * QUARTER_MS), self._state.book
            if day <= book.kept and book.kept_until >= 0:
                return self.blank(day)  # the ledger has it: this page is thrown away
            page = self.pages[slot_no] = book.days.get(day) or self._begin(day)
            note(page, self._catalogue)
        return page

    def blank(self, day: int, part: str = "") -> D:
        """Return an empty day (an ordinal), or an empty part of it."""
        return self._kind(id=self._name, day=date.fromordinal(day).isoformat(), part=part)

    def days(self, live: Iterable[tuple[int, T]], count: Callable[[D, T], None]) -> list[D]:
        """Return the days and parts that are being written, with what is live counted in copies of them.

        `live` yields each with its slot number; `count` counts it in a day.
        """
        book = self._state.book
        days = dict(book.days)
        ordinals: dict[int, int] = {}
        for slot_no, each in live:
            day = ordinals.get(slot_no)
            if day is None:
                day = ordinals[slot_no] = self._day(slot_no * QUARTER_MS)
                if days.get(day) is book.days.get(day) and (day in days or day > book.closed):
                    days[day] = copied(days[day]) if day in days else self.blank(day)
            if day in days:  # else its day is closed: it opens a part once it has settled
                note(days[day], self._catalogue)
                count(days[day], each)
        return list(days.values())

    def take(self) -> list[D]:
        """Take the days and parts that get nothing any more out of the book.

        The caller publishes them, or gives them back where that fails.
        """
        book = self._state.book
        done, book.done = book.done, []
        return done

    def give_back(self, done: list[D]) -> None:
        """Put back days and parts that were taken and could not be published."""
        self._state.book.done[:0] = done

    def _begin(self, day: int) -> D:
        state = self._state
        days = state.book.days
        if day > state.book.closed:
            part = ""
        else:
            part = f"{state.epoch}.{state.offset}"
            parts = [ordinal for ordinal, page in days.items() if page.part]
            if len(parts) >= MAX_PARTS:
                self._finish(parts[0])
        begun = days[day] = self.blank(day, part)
        return begun

    def _finish(self, day: int) -> None:
        book = self._state.book
        book.done.append(book.days.pop(day))
        self.pages.clear()
