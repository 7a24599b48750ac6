"""Joins the rows of legs to calls, in bounded memory whatever the file.

An exchange writes a row when a leg ends, so the rows of one call are near each other: `Legs` holds only the latest
calls.
"""

from __future__ import annotations

import csv
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Generic, TypeVar

import msgspec
from msgspec import Struct, field

from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.pseudonym import Pseudonymizer
from streams.decoding import Invalid
from streams.events import CallEvent
from streams.said import said

HELD: Final = 60.0  # seconds from the end of its latest leg until a call in a growing file is released
MOST_CALLS: Final = 20_000  # held at a time; later rows of a released call repeat its events, with the same ids
MOST_LEGS: Final = 200  # of one call: a phone that stays connected all day is a leg of every call of its agent

R = TypeVar("R")

_encode = msgspec.json.Encoder().encode


class Gathered(Struct, Generic[R]):
    """The rows of one call, in the order of the file, and the names of the call and its legs."""

    rows: list[R]
    names: list[str]


class Legs(Struct, Generic[R]):
    """Rows gathered by the names of calls and legs: a row with names of two calls joins them.

    It is plain data if its rows are, so that `msgspec.json` can store and restore it.
    """

    calls: dict[int, Gathered[R]] = field(default_factory=OrderedDict)  # the longest unchanged first
    owner: dict[str, int] = field(default_factory=dict)  # the call of each name
    latest: int = 0  # the last number given

    def __post_init__(self) -> None:
        """Use an `OrderedDict`, which finds its first item at once: a dict searches the places of all deleted ones."""
        self.calls = OrderedDict(self.calls)

    def add(self, row: R, names: Sequence[str]) -> None:
        """Add a row to the call of its first known name, and join the calls of its other names."""
        numbers = dict.fromkeys(self.owner[name] for name in names if name in self.owner)
        if not numbers:
            self.latest += 1
            numbers[self.latest] = None
        number, *others = numbers
        call = self.calls.pop(number, None) or Gathered([], [])
        for other in others:
            if len(call.rows) + len(self.calls[other].rows) <= MOST_LEGS:
                joined = self.calls.pop(other)
                call.rows[:0] = joined.rows
                call.names.extend(joined.names)
                self.owner.update(dict.fromkeys(joined.names, number))
        new = [name for name in dict.fromkeys(names) if name not in self.owner]
        call.rows.append(row)
        call.names.extend(new)
        self.owner.update(dict.fromkeys(new, number))
        self.calls[number] = call

    def of(self, name: str) -> list[R]:
        """Return the rows of the call with a name, none if it is not held."""
        number = self.owner.get(name)
        return [] if number is None else self.calls[number].rows

    def closed(self, most: int = MOST_CALLS) -> Iterator[list[R]]:
        """Yield and drop the calls unchanged for longest, until no more than `most` are held."""
        while len(self.calls) > most:
            yield self._first()

    def ended(self, end: Callable[[R], float]) -> Iterator[list[R]]:
        """Yield and drop the calls that ended `HELD` before the row that was added last; `end` returns a row's end.

        They come in the order of their last change, up to the first one that may have further rows.
        """
        latest = end(next(reversed(self.calls.values())).rows[-1]) if self.calls else 0.0
        while self.calls and all(end(row) < latest - HELD for row in next(iter(self.calls.values())).rows):
            yield self._first()

    def release(self, name: str) -> list[R]:
        """Return the rows of the call with this name, and drop the call."""
        return self._drop(self.owner[name])

    def _first(self) -> list[R]:
        return self._drop(next(iter(self.calls)))

    def _drop(self, number: int) -> list[R]:
        call = self.calls.pop(number)
        for name in call.names:
            del self.owner[name]
        return call.rows


def fields(line: bytes) -> list[str]:
    """Return the fields of a CSV row; raise `Invalid` if it is none."""
    if len(line) > MAX_LINE:
        raise Invalid("malformed", TOO_LONG)
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    try:
        return [field.strip() for field in next(csv.reader([text]), [])]
    except csv.Error as error:
        raise Invalid("malformed", said("{error}; expected a row of CSV", error=error)) from None


def refused(number: int, line: bytes, why: Invalid, pseudonym: Pseudonymizer) -> Refused:
    """Return the refusal of a line, with the part that may be kept."""
    return Refused(number, pseudonym.scrub(line.rstrip(b"\r\n")) if len(line) <= MAX_LINE else b"", why)


def accepted(row: int, events: Iterable[CallEvent]) -> Iterator[Entry]:
    for event in events:
        yield Accepted(row, event, _encode(event))
