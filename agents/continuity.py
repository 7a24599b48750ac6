"""No stretch of a partition is skipped: what Faust lets fall is read again.

After an outage Faust may set its own read offset ahead of where the consumer reads again, and
then drops what it is given as read before; the next batch begins beyond the state. A state's
offset must not jump, or the guard would skip what was dropped for good. So a batch that does not
follow on is not folded: the worker seeks back to where its state ends. Only when nothing else
comes from there a second time is the gap the topic's own (retention, a transaction's marker).
"""

from __future__ import annotations

from typing import NamedTuple

import faust
import structlog
from faust.types import TP

from agents.ownership import Ownership

log = structlog.get_logger()


class Gap(NamedTuple):
    """Tell where a state ends, and where the batch after it began."""

    due: int
    came: int


class Continuity:
    """Admit the batches that follow on from a partition's state, and seek back for the others."""

    def __init__(self, app: faust.App, topic: str, ownership: Ownership) -> None:
        self._app = app
        self._topic = topic
        self._ownership = ownership
        self._gaps: dict[int, Gap] = {}

    async def admit(self, number: int, first: int) -> bool:
        """Tell whether a batch that begins at offset `first` may be folded; seek back where it may not."""
        gap = Gap(self._ownership.partitions[number].state.offset + 1, first)
        if gap.came <= gap.due or self._gaps.get(number) == gap:
            self._gaps.pop(number, None)
            return True
        self._gaps[number] = gap
        log.warning("a batch does not follow on; reading again", partition=number, due=gap.due, came=gap.came)
        await self._seek(number, gap.due)
        return False

    async def resume(self, lags: dict[int, int]) -> None:
        """Seek to where each state ends that has something to fold and gets nothing."""
        for number in [number for number, lag in lags.items() if lag]:
            due = self._ownership.partitions[number].state.offset + 1
            log.warning("nothing comes, though there is something to fold; reading again", partition=number, due=due)
            await self._seek(number, due)

    async def _seek(self, number: int, offset: int) -> None:
        await self._app.consumer.seek(TP(self._topic, number), offset)
