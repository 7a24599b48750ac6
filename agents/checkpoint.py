"""When the offsets may be acknowledged: after the figures they stand for are safe.

A checkpoint sends the dead letters and every state that moved, with its offset inside, and
waits until the broker has them; only then are the batches acknowledged, and Faust may
commit. A crash in between replays at most one checkpoint's worth of events, and the
offsets inside the records skip them. While the broker is away everything stays due.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import structlog
from aiokafka.errors import KafkaError
from faust.types import EventT, TableT, TopicT

from agents.ownership import Ownership

log = structlog.get_logger()

Letter = tuple[bytes | None, bytes]
State = tuple[int, bytes, bytes]

MAX_LETTERS = 2_000  # dead letters that wait for a checkpoint: each may be a megabyte


class Checkpoint:
    """Gather what a checkpoint must make safe, and write it; `done` is when the last one was (monotonic s)."""

    def __init__(self, ownership: Ownership, table: TableT[bytes, bytes], letters: TopicT, events: int) -> None:
        self._ownership = ownership
        self._table = table
        self._topic = letters
        self._limit = events
        self._lock = asyncio.Lock()
        self.forget()
        self.done = time.monotonic()

    def after(self, batch: EventT[Any], events: int, letters: list[Letter]) -> None:
        """Acknowledge a folded batch with the next checkpoint, which makes its dead letters safe too."""
        self._batches.append(batch)
        self._letters += letters
        self._events += events

    def forget(self) -> None:
        """Acknowledge nothing of what was folded: its partitions belong to somebody else now."""
        self._batches: list[EventT[Any]] = []
        self._letters: list[Letter] = []
        self._events = 0

    @property
    def due(self) -> bool:
        """Tell whether so much was folded that it should not wait for the timer."""
        return self._events >= self._limit or len(self._letters) >= MAX_LETTERS

    async def write(self) -> None:
        """Make everything safe that was folded so far, then acknowledge it; on failure all of it stays due."""
        async with self._lock:
            owned = self._ownership.partitions
            batches, letters, events = self._batches, self._letters, self._events
            self.forget()
            states = [
                (number, key, record)
                for number, partition in owned.items()
                for key, record in partition.changed().items()
            ]
            try:
                await self._make_safe(states, letters)
            except KafkaError as error:
                log.warning("no checkpoint; everything stays due", error=str(error) or type(error).__name__)
                for number, key, _ in states:
                    owned[number].unwritten([key])
                if self._ownership.partitions is owned:
                    self._batches = batches + self._batches
                    self._letters = letters + self._letters
                    self._events += events
                return
            if self._ownership.partitions is owned:
                for number, key, record in states:
                    self._ownership.restore(number, key, record)
                for batch in batches:
                    batch.ack()
            self.done = time.monotonic()

    async def _make_safe(self, states: Iterable[State], letters: Iterable[Letter]) -> None:
        lines = [state for state in states if not state[1].startswith(b"#")]
        await _all([await self._topic.send(key=key, value=value) for key, value in letters])
        await _all([self._table.send_changelog(*state) for state in lines])
        # A partition's own record says up to where its lines hold everything.
        await _all([self._table.send_changelog(*state) for state in states if state[1].startswith(b"#")])


async def _all(sent: list[Any]) -> None:
    """Wait until the broker has every record; raise the first failure once all are decided."""
    for outcome in await asyncio.gather(*sent, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
