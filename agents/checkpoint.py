"""When the offsets may be acknowledged: after the figures they stand for are safe.

A checkpoint writes every state that moved, with its offset inside, to the changelog and
waits until the broker has it; only then are the batches acknowledged, and Faust may
commit. A crash in between replays at most one checkpoint's worth of events, and the
offsets inside the records skip them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any

from faust.types import EventT, TableT

from agents.ownership import Ownership


class Checkpoint:
    """Gather what a checkpoint must wait for, and write it.

    `events` counts what was folded since the last one, `done` is its moment (monotonic s).
    """

    def __init__(self, ownership: Ownership, table: TableT[bytes, bytes]) -> None:
        self._ownership = ownership
        self._table = table
        self._lock = asyncio.Lock()
        self._batches: list[EventT[Any]] = []
        self._letters: list[Awaitable[Any]] = []
        self.events = 0
        self.done = time.monotonic()

    def after(self, batch: EventT[Any], events: int, letters: list[Awaitable[Any]]) -> None:
        """Acknowledge a folded batch with the next checkpoint, once its dead letters are safe too."""
        self._batches.append(batch)
        self._letters += letters
        self.events += events

    def forget(self) -> None:
        """Acknowledge nothing of what was folded: its partitions belong to somebody else now."""
        self._batches, self._letters, self.events = [], [], 0

    async def write(self) -> None:
        """Write what moved, wait until the broker has it, then acknowledge."""
        async with self._lock:
            batches, letters = self._batches, self._letters
            self.forget()
            owned = self._ownership.partitions
            records = [
                (number, key, record)
                for number, partition in owned.items()
                for key, record in partition.changed().items()
            ]
            for number, key, record in records:
                self._ownership.restore(number, key, record)
            await asyncio.gather(*letters)
            await asyncio.gather(*(self._table.send_changelog(number, key, record) for number, key, record in records))
            if self._ownership.partitions is owned:
                for batch in batches:
                    batch.ack()
            self.done = time.monotonic()
