"""What of the ledger is to be published: the days of some books that changed, as records."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from streams.kept.record import Position, Positioned, position_of
from streams.ledger.book import Ledger
from streams.ledger.day import LedgerDay, day_key


class Desk(Protocol):
    """Stand for a line, a service or a channel."""

    ledger: Ledger[Any]

    @property
    def state(self) -> Positioned:
        """Return the state, which says up to where it was folded."""

    def days(self) -> Iterable[LedgerDay]:
        """Return the days that are being written, with what is live as it stands."""


class Changes:
    """Find the days that are not published as they stand; at first that is all of them."""

    def __init__(self) -> None:
        self._published: dict[bytes, bytes] = {}
        self._done: list[tuple[Ledger[Any], list[Any]]] = []

    def take(self, desks: Collection[Desk]) -> dict[bytes, bytes]:
        """Return the records by key, and hold them for published; what gets nothing any more leaves its book."""
        self._done = [(desk.ledger, desk.ledger.take()) for desk in desks]
        found = {}
        for desk, (_, done) in zip(desks, self._done, strict=True):
            position = position_of(desk.state)
            for day in done:
                name = day_key(day).encode()
                self._published.pop(name, None)
                found[name] = _record(day, position)
            for day in desk.days():
                name = day_key(day).encode()
                content = blake2b(msgspec.msgpack.encode(day), digest_size=16).digest()
                if self._published.get(name) != content:
                    self._published[name] = content
                    found[name] = _record(day, position)
        return found

    def take_back(self, names: Iterable[bytes]) -> None:
        """Take back that these were published, the last that were taken."""
        for name in names:
            self._published.pop(name, None)
        for ledger, done in self._done:
            ledger.give_back(done)
        self._done = []


def _record(day: LedgerDay, position: Position) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(day, **position._asdict()))
