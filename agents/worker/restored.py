"""The records of one partition's states, restored from the changelog: the latest and the previous one of each key.

The previous record is needed if the latest cannot be read. The state then resumes from it, and later events are read
again from the input topics (`streams.partition`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from streams.kept.record import UNREADABLE, Position, position


class Restored(NamedTuple):
    """A record and its place in the changelog."""

    value: bytes
    offset: int  # -1 if this worker has written it
    position: Position | None  # None if not even its head can be read

    @classmethod
    def of(cls, value: bytes, offset: int) -> Restored:
        try:
            return cls(value, offset, position(value))
        except UNREADABLE:
            return cls(value, offset, None)

    def over(self, other: Restored | None) -> bool:
        """Return whether this record replaces an earlier one of its key.

        A worker that was thought dead may have written an older state after the new owner wrote a newer one. A record
        without a readable position always replaces the earlier one, so that it is reported, and the next record
        always replaces it.
        """
        return other is None or None in (self.position, other.position) or other.position <= self.position  # type: ignore[operator]  # neither is None


NO_RECORD: Final = Restored(b"", -1, None)


class RestoredStates:
    """The records of a partition's states."""

    def __init__(self) -> None:
        self._furthest: dict[bytes, Restored] = {}
        self._earlier: dict[bytes, Restored] = {}

    def take(self, key: bytes, value: bytes | None, offset: int) -> None:
        """Take a record of the changelog; a tombstone drops all records of its key."""
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
        """Return the latest record of a key, which cannot be read; `forget` puts the previous one in its place."""
        found = self._furthest.get(key, NO_RECORD)
        if forget and key in self._furthest:
            del self._furthest[key]
            if key in self._earlier:
                self._furthest[key] = self._earlier.pop(key)
        return found

    def records(self) -> dict[bytes, Restored]:
        return self._furthest

    def furthest(self) -> dict[bytes, bytes]:
        return {key: record.value for key, record in self._furthest.items()}

    def earlier(self) -> dict[bytes, bytes]:
        """Return the previous record of each key that has one."""
        return {key: record.value for key, record in self._earlier.items()}
