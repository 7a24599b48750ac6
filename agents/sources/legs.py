"""Calls gathered from the rows of their legs, within bounds that no file exceeds.

An exchange writes a row when a leg ends. So the rows of one call lie near each other, and their events lie before the
row: `Legs` holds the rows of the latest calls together, `in_time` brings the events into order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush, heappushpop
from itertools import count
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec

from agents.sources.entry import Accepted, Entry, Refused
from streams.events import CallEvent, milliseconds

MOST_CALLS: Final = 20_000  # gathered at a time; one that is closed and comes again is told again, by the same id
MOST_EVENTS: Final = 100_000  # held back to be told in order

R = TypeVar("R")

_encode = msgspec.json.Encoder().encode


class Gathered(NamedTuple, Generic[R]):
    """Hold the rows of one call."""

    key: str
    rows: list[R]


class Legs(Generic[R]):
    """Gather rows by call; a row that names the leg of another call joins the two."""

    def __init__(self) -> None:
        self._calls: dict[str, list[R]] = {}
        self._owner: dict[str, str] = {}  # the call of each leg
        self._named: dict[str, list[str]] = {}  # the legs of each call

    def add(self, key: str, row: R, legs: Iterable[str] = ()) -> None:
        """Add a row to a call."""
        rows = self._calls.pop(key, [])
        names = self._named.pop(key, [])
        rows.append(row)
        for leg in legs:
            other = self._owner.get(leg)
            if other is not None and other != key:
                rows[:0] = self._calls.pop(other)
                joined = self._named.pop(other)
                self._owner.update(dict.fromkeys(joined, key))
                names += joined
            elif other is None:
                self._owner[leg] = key
                names.append(leg)
        self._calls[key], self._named[key] = rows, names

    def get(self, key: str) -> list[R]:
        """Return the rows of a call, none where it is not held."""
        return self._calls.get(key, [])

    def closed(self, most: int = MOST_CALLS) -> Iterator[Gathered[R]]:
        """Yield and forget the calls that were not touched for longest, until no more than `most` are held."""
        while len(self._calls) > most:
            key = next(iter(self._calls))
            rows = self._calls[key]
            yield Gathered(key, rows)
            del self._calls[key]
            for leg in self._named.pop(key):
                del self._owner[leg]


def in_time(entries: Iterable[Entry], aside: Counter[str], most: int = MOST_EVENTS) -> Iterator[Entry]:
    """Yield what is refused at once, and events in the order of their moments, as far as `most` events reach.

    A moment before one that was told already is counted `aside` as `out-of-order`.
    """
    order, latest = count(), 0
    held: list[tuple[int, int, Accepted]] = []
    for entry in entries:
        if isinstance(entry, Refused):
            yield entry
            continue
        item = (milliseconds(entry.event.at), next(order), entry)
        if len(held) < most:
            heappush(held, item)
            continue
        at, _, first = heappushpop(held, item)
        if at < latest:
            aside["out-of-order"] += 1
        latest = max(at, latest)
        yield first
    while held:
        yield heappop(held)[2]


def accepted(row: int, events: Iterable[CallEvent]) -> Iterator[Entry]:
    """Yield events as a file gives them."""
    for event in events:
        yield Accepted(row, event, _encode(event))
