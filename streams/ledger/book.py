"""The book of a line, service or channel: its unfinished days, until their final publication.

A day is *open* as long as late events for it are usual. Then it is *closed*, at a moment that depends on the events
only. A later event of a closed day opens a *part* of it, named by that event's offset. Which record of the
ledger counts an event, and that record's content, therefore follow from the events up to an offset alone, not from
checkpoints, crashes or the choice of worker (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from hashlib import blake2b
from typing import Any, Final, Generic, Protocol, TypeVar

from msgspec import Struct

from streams.kept.record import Position, Positioned, position_of
from streams.kept.times import QUARTER_MS, slot_end
from streams.ledger.day import LedgerDay, copied, day_key, write_day
from streams.ledger.possible import place_of_part
from streams.ledger.seal import Seal

OPEN_DAYS: Final = 7  # how long a day is open
MAX_PARTS: Final = 31  # open at the same time: a file may bring events of a whole closed month
DIGESTS: Final = 2**63  # digests are below this: MessagePack writes them in 8 bytes
NO_PARTS: Final = (0, 0)

D = TypeVar("D", bound=LedgerDay)
T = TypeVar("T")


class Book(Struct, Generic[D]):
    """The days not yet published for good; part of a state."""

    days: dict[int, D] = {}  # by local day (an ordinal): the open day, or the part of a closed one
    done: list[D] = []  # finished days and parts, to be published once more
    closed: int = 0  # the last closed local day (an ordinal); earlier days only get parts
    kept: int = 0  # in a new book: the last local day (an ordinal) that the ledger keeps unchanged
    kept_until: int = -1  # and the offset up to which the ledger has its events; -1 once they have been folded
    # By local day (an ordinal): the finished parts, as their number and the sum of their digests (`digest_of_part`).
    parts: dict[int, tuple[int, int]] = {}
    # Epoch and offset: `parts` counts the parts of later events. None in a state of an earlier version.
    parts_since: tuple[int, int] | None = None


class BookHolder(Positioned, Protocol):
    """A state with a book, and the position of the present event."""

    @property
    def book(self) -> Book[Any]: ...


def digest_of_part(part: LedgerDay) -> int:
    """Return the digest of a part's name and of its counts that every replay repeats; the sum of several has no order.

    >>> from streams.ledger.day import LineDay
    >>> one, other = (LineDay(id="lozere/standard", day="2013-03-04", part=name) for name in ("0.95", "0.97"))
    >>> digest_of_part(one) == digest_of_part(other)
    False
    """
    content = f"{day_key(part)} {Seal(write_day(part), part).counts}".encode()
    return int.from_bytes(blake2b(content, digest_size=8).digest()) % DIGESTS


def note(day: LedgerDay, catalogue: str) -> None:
    """Record in a day the version of its office's configuration; empty if unknown."""
    if catalogue and catalogue not in day.catalogues:
        day.catalogues.append(catalogue)


class Ledger(Generic[D]):
    """The writer of a state's book: it finds the day or part for a slot, and closes days.

    `kind` and `name` are the days' type and id, `catalogue` names the present version of the configuration. `day` maps
    a moment (ms) to its local day (an ordinal). `pages` caches the results of `page` by slot number, for the hot path.
    A part is named by an event, so a closed day can only be written while an event is processed, not when time passes.
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
        if state.book.parts_since is None:
            state.book.parts, state.book.parts_since = {}, (state.epoch, state.offset)

    @property
    def book(self) -> Book[D]:
        return self._state.book

    @property
    def position(self) -> Position:
        """The position of the input that writes the days."""
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
        """Return the open day, or the part of a closed one, in which a slot is written; create it if necessary."""
        page = self.pages.get(slot_no)
        if page is None:
            day, book = self._day(slot_no * QUARTER_MS), self._state.book
            if day <= book.kept and book.kept_until >= 0:
                return self.blank(day)  # the ledger already has this day: the returned page is discarded
            page = self.pages[slot_no] = book.days.get(day) or self._begin(day)
            note(page, self._catalogue)
        return page

    def blank(self, day: int, part: str = "") -> D:
        return self._kind(id=self._name, day=date.fromordinal(day).isoformat(), part=part)

    def days(self, live: Iterable[tuple[int, T]], count: Callable[[D, T], None]) -> list[D]:
        """Return copies of the unfinished days and parts, with live calls, tickets or requests counted in them.

        `live` yields each live one with its slot number; `count` counts it in a day.
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
            if day in days:  # otherwise the day is closed: the live one will open a part when it settles
                note(days[day], self._catalogue)
                count(days[day], each)
        return list(days.values())

    def take(self) -> list[D]:
        """Remove the finished days and parts from the book.

        The caller publishes them, or gives them back if that fails.
        """
        book = self._state.book
        done, book.done = book.done, []
        return done

    def give_back(self, done: list[D]) -> None:
        """Put back days and parts that could not be published."""
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
        page = book.days.pop(day)
        opened = place_of_part(page.part)
        since = book.parts_since
        if opened is not None and since is not None and (opened.epoch, opened.offset) > since:
            count, digests = book.parts.get(day, NO_PARTS)
            book.parts[day] = count + 1, (digests + digest_of_part(page)) % DIGESTS
        book.done.append(page)
        self.pages.clear()
