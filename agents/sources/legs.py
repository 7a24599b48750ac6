"""Calls gathered from the rows of their legs, within bounds that no file exceeds.

An exchange writes a row when a leg ends. So the rows of one call lie near each other: `Legs` holds those of the latest
calls together.
"""

from __future__ import annotations

import csv
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec

from agents.sources.entry import Accepted, Entry
from agents.sources.lines import MAX_LINE, TOO_LONG
from streams.decoding import Invalid
from streams.events import CallEvent

MOST_CALLS: Final = 20_000  # gathered at a time; one that is closed and comes again is told again, by the same id
MOST_LEGS: Final = 200  # that join: a phone that stays connected all day is a leg of every call of its agent

R = TypeVar("R")

_encode = msgspec.json.Encoder().encode


class Gathered(NamedTuple, Generic[R]):
    """Hold the rows of one call, in the order of the file, and what names it and its legs."""

    rows: list[R]
    names: list[str]


class Legs(Generic[R]):
    """Gather rows by the names of calls and legs: a row that has names of two calls joins them."""

    def __init__(self) -> None:
        self._calls: OrderedDict[int, Gathered[R]] = OrderedDict()
        self._owner: dict[str, int] = {}  # the call of each name
        self._numbers = count()

    def add(self, row: R, names: Sequence[str]) -> None:
        """Add a row to the call that has the first of its names, and join those that have the others."""
        numbers = dict.fromkeys(self._owner[name] for name in names if name in self._owner)
        number, *others = numbers or [next(self._numbers)]
        call = self._calls.pop(number, None) or Gathered([], [])
        for other in others:
            if len(call.rows) + len(self._calls[other].rows) <= MOST_LEGS:
                joined = self._calls.pop(other)
                call.rows[:0] = joined.rows
                call.names.extend(joined.names)
                self._owner.update(dict.fromkeys(joined.names, number))
        new = [name for name in dict.fromkeys(names) if name not in self._owner]
        call.rows.append(row)
        call.names.extend(new)
        self._owner.update(dict.fromkeys(new, number))
        self._calls[number] = call

    def of(self, name: str) -> list[R]:
        """Return the rows of the call that has a name, none where it is not held."""
        number = self._owner.get(name)
        return [] if number is None else self._calls[number].rows

    def closed(self, most: int = MOST_CALLS) -> Iterator[list[R]]:
        """Yield and forget the rows of the calls untouched for longest, until no more than `most` calls are held."""
        while len(self._calls) > most:
            _, call = self._calls.popitem(last=False)
            for name in call.names:
                del self._owner[name]
            yield call.rows


def fields(line: bytes) -> list[str]:
    """Return the fields of a row of CSV; raise `Invalid` where it is none."""
    if len(line) > MAX_LINE:
        raise Invalid("malformed", TOO_LONG)
    text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").rstrip("\r\n")
    try:
        return [field.strip() for field in next(csv.reader([text]), [])]
    except csv.Error as error:
        raise Invalid("malformed", f"{error}; expected a row of CSV") from None


def accepted(row: int, events: Iterable[CallEvent]) -> Iterator[Entry]:
    """Yield events as a file gives them."""
    for event in events:
        yield Accepted(row, event, _encode(event))
