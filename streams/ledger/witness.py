"""The days of a line and its witness in the ledger: written slot by slot as calls settle, and closed once over.

A slot settles once and for all, so a day has no parts: its record only grows until it is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from streams.calls.counts import Counts
from streams.kept.record import Position
from streams.kept.times import QUARTER_MS
from streams.ledger.book import BookHolder, note
from streams.ledger.day import BothSlot, WitnessDay


class WitnessDays(Protocol):
    """Stand for a state that holds the days that are written, and those that are to be published once more."""

    days: dict[int, WitnessDay]
    done: list[WitnessDay]
    settled: int


class WitnessLedger:
    """Write the days of a line and its witness, as a desk of its own; `name` is the line's id.

    `line` is the line's state: its book says which days the ledger keeps as they are. `day` gives the local day (an
    ordinal) of a moment (ms). The position of a day is the moment (ms) before which all calls have settled. Offsets
    cannot be it: of two workers, one may have read more of the line, the other more of the witness.
    """

    def __init__(
        self, state: WitnessDays, line: BookHolder, name: str, day: Callable[[int], int], catalogue: str = ""
    ) -> None:
        self._state = state
        self._line = line
        self._name = name
        self._day = day
        self._catalogue = catalogue

    @property
    def ledger(self) -> WitnessLedger:
        """Return itself: there is no other state beside it."""
        return self

    @property
    def position(self) -> Position:
        """Return how far its days are written."""
        return Position(self._line.epoch, self._state.settled, 0)

    @property
    def done(self) -> list[WitnessDay]:
        """Return the days that get nothing any more and are not published yet."""
        return self._state.done

    def page(self, slot_no: int, source: str) -> WitnessDay:
        """Return the day to write a slot in, by the witness that is its source."""
        day = self._day(slot_no * QUARTER_MS)
        page = self._state.days.get(day)
        if page is None:
            page = WitnessDay(id=self._name, day=date.fromordinal(day).isoformat(), source=source)
            if day > self._line.book.kept:
                self._state.days[day] = page
        note(page, self._catalogue)
        return page

    def turn(self, settled: int) -> None:
        """Finish the days that are over at a moment (ms) before which every call has settled."""
        today, state = self._day(settled), self._state
        for day in sorted(day for day in state.days if day < today):
            state.done.append(state.days.pop(day))

    def days(self) -> list[WitnessDay]:
        """Return the days that are being written."""
        return list(self._state.days.values())

    def take(self) -> list[WitnessDay]:
        """Take the days that get nothing any more.

        The caller publishes them, or gives them back where that fails.
        """
        done, self._state.done = self._state.done, []
        return done

    def give_back(self, done: list[WitnessDay]) -> None:
        """Put back days that were taken and could not be published."""
        self._state.done[:0] = done


def cover(day: WitnessDay, slot_no: int, both: Counts) -> None:
    """Note that a slot is covered, which comes after all others that are, and what both records come to in it."""
    covered = day.covered
    if covered and covered[-1][1] == slot_no:
        covered[-1] = covered[-1][0], slot_no + 1
    else:
        covered.append((slot_no, slot_no + 1))
    if both.offered:
        day.slots[slot_no] = BothSlot(both.offered, both.answered, both.lost, both.diverted, both.unresolved)
