"""The ledger's days of a line and its witness, written slot by slot as calls settle, and closed once at the end.

A slot settles only once, so a day has no parts: its record only grows until it is closed.
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
    """A state with unfinished days, and finished ones to be published once more."""

    days: dict[int, WitnessDay]
    done: list[WitnessDay]
    settled: int


class WitnessLedger:
    """The writer of the days of a line and its witness, which are a desk of their own; `name` is the line's id.

    `line` is the line's state, whose book says which days the ledger keeps unchanged. `day` maps a moment (ms) to its
    local day (an ordinal). The position of a day is the moment (ms) before which all calls have settled. It cannot be
    an offset, because one worker may have read more of the line, and another more of the witness.
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
        """Return itself, as there is no other state."""
        return self

    @property
    def position(self) -> Position:
        """The position up to which its days are written."""
        return Position(self._line.epoch, self._state.settled, 0)

    @property
    def done(self) -> list[WitnessDay]:
        """Return the finished days not published yet."""
        return self._state.done

    def page(self, slot_no: int, source: str) -> WitnessDay:
        """Return the day for a slot, with its witness as the source."""
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
        return list(self._state.days.values())

    def take(self) -> list[WitnessDay]:
        """Remove the finished days.

        The caller publishes them, or gives them back if that fails.
        """
        done, self._state.done = self._state.done, []
        return done

    def give_back(self, done: list[WitnessDay]) -> None:
        """Put back days that could not be published."""
        self._state.done[:0] = done


def cover(day: WitnessDay, slot_no: int, both: Counts) -> None:
    """Mark a slot as covered, with its combined counts. The slot must come after all other covered slots."""
    covered = day.covered
    if covered and covered[-1][1] == slot_no:
        covered[-1] = covered[-1][0], slot_no + 1
    else:
        covered.append((slot_no, slot_no + 1))
    if both.offered:
        day.slots[slot_no] = BothSlot(both.offered, both.answered, both.lost, both.diverted, both.unresolved)
