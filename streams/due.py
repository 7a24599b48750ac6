"""A queue of due times, so that idle desks cost nothing as time passes, and the order in which things last changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush


class Due:
    """Keys by the moment (ms) at which they are due.

    >>> due = Due({b"standard": 900, b"circulation": 500})
    >>> due.put(b"standard", 700)
    >>> due.take(800), due.take(800), due.take(800)
    (b'circulation', b'standard', None)
    """

    def __init__(self, moments: Mapping[bytes, int]) -> None:
        self._moments = dict(moments)
        self._queue: list[tuple[int, bytes]] = []  # a key whose moment changed is in the queue twice
        self._line_up()

    def put(self, key: bytes, moment: int) -> None:
        """Set the only moment at which a key is due."""
        if self._moments.get(key) == moment:
            return
        self._moments[key] = moment
        heappush(self._queue, (moment, key))
        if len(self._queue) > 2 * len(self._moments):
            self._line_up()

    def hasten(self, key: bytes, moment: int) -> None:
        """Make a key due at a moment, unless it is due earlier."""
        if key not in self._moments or self._moments[key] > moment:
            self.put(key, moment)

    def take(self, now: int) -> bytes | None:
        """Remove and return the key that is due first, at `now` (ms) or before, or None."""
        while self._queue and self._queue[0][0] <= now:
            moment, key = heappop(self._queue)
            if self._moments.get(key) == moment:
                del self._moments[key]
                return key
        return None

    def _line_up(self) -> None:
        self._queue = [(moment, key) for key, moment in self._moments.items()]
        heapify(self._queue)


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
