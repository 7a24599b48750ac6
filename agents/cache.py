"""A cache of values that are slow to compute, valid until their inputs change or they are too old."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Container, Hashable
from math import inf
from threading import Lock
from time import monotonic
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class _Kept(NamedTuple, Generic[Value]):
    """A cached value, its inputs, and when it was computed (monotonic s)."""

    given: object
    source: object
    at: float
    value: Value


class Cache(Generic[Key, Value]):
    """A cache of the `most` keys that were used last.

    A value is valid while its `given` is equal, for at most `limit` seconds. `source` is for an input that changes
    often: it is compared by identity, and a value made from an earlier `source` stays valid for `patience` seconds.
    """

    def __init__(self, most: float = inf, *, patience: float = 0.0, limit: float = inf) -> None:
        self._most = most
        self._patience = patience
        self._limit = limit
        self._kept: OrderedDict[Key, _Kept[Value]] = OrderedDict()
        self._lock = Lock()  # pages are made in threads
        self._making = asyncio.Lock()

    def last(self, key: Key) -> Value | None:
        """Return the latest value of a key, even if it is no longer valid."""
        kept = self._kept.get(key)
        return None if kept is None else kept.value

    def values(self) -> dict[Key, Value]:
        """Return the latest value of every key."""
        with self._lock:
            return {key: each.value for key, each in self._kept.items()}

    def get(self, key: Key, given: object = None, source: object = None) -> Value | None:
        """Return the value of a key, None if it has no valid one."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or (kept.given is not given and kept.given != given):
                return None
            age = monotonic() - kept.at
            if age > self._limit or (kept.source is not source and age >= self._patience):
                return None
            self._kept.move_to_end(key)
            return kept.value

    def put(self, key: Key, value: Value, given: object = None, source: object = None) -> Value:
        """Cache and return the value of a key; drop values that are too old."""
        with self._lock:
            now = monotonic()
            self._kept[key] = _Kept(given, source, now, value)
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            if self._limit < inf:
                for old in [name for name, each in self._kept.items() if now - each.at > self._limit]:
                    del self._kept[old]
        return value

    def retain(self, keys: Container[Key]) -> None:
        with self._lock:
            self._kept = OrderedDict((key, each) for key, each in self._kept.items() if key in keys)

    def made(self, key: Key, make: Callable[[], Value], given: object = None, source: object = None) -> Value:
        """Return the value of a key; compute it if no valid one is cached."""
        value = self.get(key, given, source)
        return self.put(key, make(), given, source) if value is None else value

    async def made_apart(
        self, key: Key, make: Callable[[], Value], given: object = None, source: object = None
    ) -> Value:
        """Do the same as `made`, but compute in a thread, one at a time: two in parallel would take twice as long."""
        async with self._making:
            value = self.get(key, given, source)
            return self.put(key, await asyncio.to_thread(make), given, source) if value is None else value
