"""The changed days of several books, as records to publish."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from streams.kept.record import Position
from streams.ledger.day import LedgerDay, day_key, write_day


class WritesDays(Protocol):
    """A writer of a desk's days."""

    @property
    def position(self) -> Position:
        """Return the position of the input that writes the days."""

    def take(self) -> list[Any]:
        """Remove the finished days."""

    def give_back(self, done: list[Any]) -> None:
        """Put back days that could not be published."""


class DeskWithBook(Protocol):
    """A line, a service, a channel, or a line together with its witness."""

    @property
    def ledger(self) -> WritesDays: ...

    def days(self) -> Iterable[LedgerDay]:
        """Return the unfinished days and parts, with live calls, tickets or requests as they are now."""


class DayChanges:
    """The days that have changed since they were last published; at first, all days."""

    def __init__(self) -> None:
        self._published: dict[bytes, bytes] = {}  # digest of each published record, by key
        self._done: list[tuple[WritesDays, list[Any]]] = []

    def begin(self) -> None:
        """Begin another set of records: those taken before are published."""
        self._done = []

    def take(self, desk: DeskWithBook) -> dict[bytes, bytes]:
        """Return a desk's changed days by key, and consider them published. Finished days leave their book."""
        done, position, records = desk.ledger.take(), desk.ledger.position, {}
        if done:
            self._done.append((desk.ledger, done))
        for day in done:
            key = day_key(day).encode()
            self._published.pop(key, None)
            records[key] = _record(day, position, closed=True)
        for day in desk.days():
            key = day_key(day).encode()
            content = blake2b(msgspec.msgpack.encode(day), digest_size=16).digest()
            if self._published.get(key) != content:
                self._published[key] = content
                records[key] = _record(day, position)
        return records

    def forget(self) -> None:
        self._published.clear()

    def take_back(self, keys: Iterable[bytes]) -> None:
        """Mark the records of this set that have these keys as unpublished."""
        for key in keys:
            self._published.pop(key, None)
        for ledger, done in self._done:
            ledger.give_back(done)
        self._done = []


def _record(day: LedgerDay, position: Position, *, closed: bool = False) -> bytes:
    return write_day(msgspec.structs.replace(day, closed=closed, **position._asdict()))
