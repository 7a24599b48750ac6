"""The order in which things last changed, for several readers that each remember how far they have read."""

from __future__ import annotations

from collections.abc import Iterable


class Moved:
    """Keys by the number of their last change; the first ones change together.

    >>> moved = Moved([b"standard", b"circulation"])
    >>> moved.since(0), moved.last
    ([b'circulation', b'standard'], 1)
    >>> moved.add(b"standard")
    >>> moved.since(1), moved.since(moved.last)
    ([b'standard'], [])
    """

    def __init__(self, keys: Iterable[bytes]) -> None:
        self.last = 1
        self._changes = dict.fromkeys(keys, self.last)  # ascending

    def add(self, key: bytes) -> None:
        self.last += 1
        self._changes.pop(key, None)
        self._changes[key] = self.last

    def since(self, change: int) -> list[bytes]:
        """Return the keys that changed after a change, the last first; all of them for 0."""
        found = []
        for key in reversed(self._changes):
            if self._changes[key] <= change:
                break
            found.append(key)
        return found
