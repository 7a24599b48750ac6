"""What of the ledger is to be published: the days of some books that changed, as records."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from streams.kept.record import Position
from streams.ledger.day import LedgerDay, day_key, write_day


class WritesDays(Protocol):
    """Stand for what writes the days of a desk."""

    @property
    def position(self) -> Position:
        """Return how far the input that writes the days was folded."""

    def take(self) -> list[Any]:
        """Take the days that get nothing any more."""

    def give_back(self, done: list[Any]) -> None:
        """Put back days that were taken and could not be published."""


class DeskWithBook(Protocol):
    """Stand for a line, a service, a channel, or a line together with its witness."""

    @property
    def ledger(self) -> WritesDays:
        """Return what writes its days."""

    def days(self) -> Iterable[LedgerDay]:
        """Return the days and parts that are being written, with what is live as it stands."""


class DayChanges:
    """Find the days that are not published as they stand; at first that is all of them."""

    def __init__(self) -> None:
        self._published: dict[bytes, bytes] = {}  # digest of what was published, by key
        self._done: list[tuple[WritesDays, list[Any]]] = []

    def take(self, desks: Collection[DeskWithBook]) -> dict[bytes, bytes]:
        """Return the records by key, and deem them published; days that get nothing any more leave their book."""
        self._done = [(desk.ledger, desk.ledger.take()) for desk in desks]
        records = {}
        for desk, (_, done) in zip(desks, self._done, strict=True):
            position = desk.ledger.position
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
        """Deem every day unpublished."""
        self._published.clear()

    def take_back(self, keys: Iterable[bytes]) -> None:
        """Deem the records of the last `take` unpublished: these are their keys."""
        for key in keys:
            self._published.pop(key, None)
        for ledger, done in self._done:
            ledger.give_back(done)
        self._done = []


def _record(day: LedgerDay, position: Position, *, closed: bool = False) -> bytes:
    return write_day(msgspec.structs.replace(day, closed=closed, **position._asdict()))
