"""The records of one partition's states, read back from the changelog: of each key the furthest, and the one before.

The one before is for the case that the furthest cannot be read. Then the state goes on from there, and what came since
is read again from the input topics (`streams.partition`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from streams.kept.record import UNREADABLE, Position, position


class Restored(NamedTuple):
    """Hold a record, and where it stands in the changelog."""

    value: bytes
    offset: int  # -1 for one that this worker has written
    position: Position | None  # None where not even its head can be read

    @classmethod
    def of(cls, value: bytes, offset: int) -> Restored:
        """Return a record with its position."""
        try:
            return cls(value, offset, position(value))
        except UNREADABLE:
            return cls(value, offset, None)

    def over(self, other: Restored | None) -> bool:
        """Tell whether it takes the place of another one of its key, which came before it.

        A worker that was thought dead may have written its old state after the new owner wrote a newer one. What tells
        no position is taken as it comes: it must be told, and what is written after it must stand.
        """
        return other is None or None in (self.position, other.position) or other.position <= self.position  # type: ignore[operator]  # neither is None


NO_RECORD: Final = Restored(b"", -1, None)


class RestoredStates:
    """Hold the records of a partition's states."""

    def __init__(self) -> None:
        self._furthest: dict[bytes, Restored] = {}
        self._earlier: dict[bytes, Restored] = {}

    def take(self, key: bytes, value: bytes | None, offset: int) -> None:
        """Take a record of the changelog; a tombstone forgets all records of its key."""
        if value is None:
            self._furthest.pop(key, None)
            self._earlier.pop(key, None)
            return
        record, known = Restored.of(value, offset), self._furthest.get(key)
        if record.over(known):
            self._furthest[key] = record
            if known is not None and known.over(self._earlier.get(key)):
                self._earlier[key] = known
        elif record.over(self._earlier.get(key)):
            self._earlier[key] = record

    def unreadable(self, key: bytes, *, forget: bool) -> Restored:
        """Return the furthest record of a key, which cannot be read; `forget` it, so that what is written counts."""
        found = self._furthest.get(key, NO_RECORD)
        if forget and key in self._furthest:
            del self._furthest[key]
            if key in self._earlier:
                self._furthest[key] = self._earlier.pop(key)
        return found

    def records(self) -> dict[bytes, Restored]:
        """Return the furthest record of each key, with its place."""
        return self._furthest

    def furthest(self) -> dict[bytes, bytes]:
        """Return the furthest record of each key."""
        return {key: record.value for key, record in self._furthest.items()}

    def earlier(self) -> dict[bytes, bytes]:
        """Return the record before it, of the keys that have one."""
        return {key: record.value for key, record in self._earlier.items()}
