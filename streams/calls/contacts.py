"""Contacts: a caller's way through the lines of an office, which counts once.

A caller whom one queue gives up and another one takes is an attempt on each line. By caller it is one contact, with the
outcome of the last attempt: QueueMetrics' multi-stint mode, without the sum of the waits.

>>> from streams.events import CallEvent
>>> contacts = Contacts()
>>> for line, kind, at in (("a", "offered", 0), ("a", "lost", 30), ("b", "offered", 32), ("b", "answered", 40)):
...     contacts.take(CallEvent(line=line, call="1", type=kind, at=at))
>>> contacts.close()
>>> contacts.continued
Counts(offered=1, answered=0, lost=1, diverted=0, unresolved=0)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container
from itertools import pairwise
from typing import Final, NamedTuple

from streams.calls.call import (
    ANSWERED,
    DIVERTED,
    LOST,
    OPEN,
    REASON_INDEX,
    REASON_MASK,
    UNRESOLVED,
    Call,
    implied_start,
)
from streams.calls.counts import Counts
from streams.events import CallEvent, milliseconds

AFTER_MS: Final = 10_000  # from an exit to the next entry: an announcement may lie between them
BEFORE_MS: Final = 2_000  # sources truncate moments to seconds
LONGEST_MS: Final = 7_200_000  # of a call: later events with its id belong to another one
MOST_OPEN: Final = 100_000  # ids

EVERY_REASON: Final = frozenset(REASON_INDEX.values())


class Attempt(NamedTuple):
    line: str
    name: str
    call: Call


class Contacts:
    """Finds the attempts that another attempt of the same caller continues.

    `lost_of` returns the reasons, as numbers, that a line counts as lost.
    """

    def __init__(self, lost_of: Callable[[str], Container[int]] = lambda _: EVERY_REASON) -> None:
        self._continued: Counter[int] = Counter()
        self._lost_of = lost_of
        self._open: dict[str, list[Attempt]] = {}  # by id, oldest first

    def take(self, event: CallEvent) -> None:
        """Take an event, in the order of its file."""
        kind = event.type
        if kind == "ringing":
            return
        at = milliseconds(event.at)
        name = self._id(event.call) if "#" in event.call else event.call
        attempts = self._open.get(name)
        if attempts is None:
            attempts = self._open[name] = []
            self._settle(implied_start(event))
        elif at > (latest := attempts[0].call.start + LONGEST_MS) and kind != "ended" and implied_start(event) > latest:
            self._close(attempts)
            attempts.clear()
        for each in attempts:
            if each.name == event.call and each.line == event.line:
                call = each.call
                break
        else:
            call = Call(implied_start(event))
            attempts.append(Attempt(event.line, event.call, call))
        if kind == "offered":
            call.start = at
        elif kind == "answered":
            call.answer(at, 0)
        elif kind == "ended":
            call.end(at, 0)
        elif kind == "lost" and REASON_INDEX[event.reason] in self._lost_of(event.line):
            call.lose(at, 0, REASON_INDEX[event.reason])
        else:
            call.divert(at, 0, REASON_INDEX[event.reason])

    def close(self) -> None:
        """Finish the file."""
        for attempts in self._open.values():
            self._close(attempts)
        self._open.clear()

    @property
    def continued(self) -> Counts:
        """The attempts that another one continues, to be taken from the sum of the lines."""
        gone = self._continued
        return Counts(gone.total(), gone[ANSWERED], gone[LOST], gone[DIVERTED], gone[UNRESOLVED])

    def _id(self, name: str) -> str:
        """Return the id of a call: a source numbers further attempts (`id#2`)."""
        first, _, number = name.rpartition("#")
        return first if number.isdecimal() and first in self._open else name

    def _settle(self, start: int) -> None:
        """Close the ids that no event of a call that started at `start` (ms) can continue."""
        while self._open:
            name, attempts = next(iter(self._open.items()))
            if len(self._open) <= MOST_OPEN and (not attempts or start - attempts[-1].call.start <= LONGEST_MS):
                return
            self._close(self._open.pop(name))

    def _close(self, attempts: list[Attempt]) -> None:
        if len(attempts) < 2:  # noqa: PLR2004 -- nearly every call
            return
        calls = sorted((each.call for each in attempts), key=lambda call: call.start)
        for call, following in pairwise(calls):
            left = call.ended if call.outcome in {ANSWERED, OPEN} else call.moment
            if left >= 0 and -BEFORE_MS <= following.start - left <= AFTER_MS:
                self._continued[call.outcome & ~REASON_MASK or UNRESOLVED] += 1
