"""Detects records that Faust has dropped, and reads them again.

After an outage Faust may set its own read offset ahead of the offset at which the consumer resumes. It then drops those
records as already read, and the next batch begins beyond the state. A state's offset must not jump, or the guard
against replays would skip the dropped records for good.

So a batch that leaves a gap is not folded: the worker seeks back to the end of its state. If the same batch comes a
second time, the gap may be in the topic itself, because its records were deleted or because it is a transaction's
marker. But Faust may also have dropped the same records twice, as happens while it is behind. So a second reader checks
whether the gap is empty; it also checks a gap at the end of a partition, after which no batch comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple

import faust
import structlog
from faust.types import TP

log = structlog.get_logger()


class Gap(NamedTuple):
    """The missing offsets between a state and the next batch."""

    due: int  # the first missing offset, right after the state
    came: int  # the first offset after the gap: the beginning of the batch, or the partition's end


class Continuity:
    """The check that each batch follows directly on an intake's state; the worker seeks back if it does not."""

    def __init__(self, app: faust.App, nothing_in: Callable[[TP, Gap], bool]) -> None:
        """Use `nothing_in`, which may be slow, to check by another reader whether a gap is certainly empty."""
        self._app = app
        self._nothing_in = nothing_in
        self._gaps: dict[TP, Gap] = {}

    async def admit(self, tp: TP, gap: Gap) -> bool:
        """Return whether the batch after a gap may be folded; seek back if not."""
        if gap.came <= gap.due or (self._gaps.get(tp) == gap and await self._is_empty(tp, gap)):
            self._gaps.pop(tp, None)
            return True
        self._gaps[tp] = gap
        log.warning("records are missing before a batch; reading again", partition=str(tp), due=gap.due, came=gap.came)
        await self._app.consumer.seek(tp, gap.due)
        return False

    async def _is_empty(self, tp: TP, gap: Gap) -> bool:
        return await asyncio.to_thread(self._nothing_in, tp, gap)

    async def resume(self, gaps: Mapping[TP, Gap], pass_over: Callable[[TP, Gap], None]) -> None:
        """Repair partitions that have records to fold but get none: pass over an empty gap, read another gap again."""
        for tp, gap in gaps.items():
            if await self._is_empty(tp, gap):
                pass_over(tp, gap)
            else:
                log.warning("no records arrive although some are due; reading again", partition=str(tp), due=gap.due)
                await self._app.consumer.seek(tp, gap.due)
