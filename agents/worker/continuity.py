"""No stretch of a partition is skipped: what Faust drops is read again.

After an outage Faust may set its own read offset ahead of where the consumer reads again. It then drops those records
as read before, and the next batch begins beyond the state. A state's offset must not jump, or the guard against replays
would skip the dropped records for good.

So a batch that does not follow on is not folded: the worker seeks back to where its state ends. Where the same batch
comes a second time, the gap may be the topic's own: its records were deleted, or it is a transaction's mark. Or Faust
has dropped the same records twice, as it may while it is late with everything. So another reader is asked whether the
gap is empty; it is asked too after a gap at the end of a partition, where no batch comes at all.
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
    """Name the offsets that are missing between a state and what comes after it."""

    due: int  # the first missing one: the offset behind the state
    came: int  # the first one there: where the batch that came begins, or where the partition ends


class Continuity:
    """Admit the batches that follow on from an intake's state, and seek back for the others."""

    def __init__(self, app: faust.App, nothing_in: Callable[[TP, Gap], bool]) -> None:
        """Take what tells, by another reader, whether a gap is surely empty; it may take its time."""
        self._app = app
        self._nothing_in = nothing_in
        self._gaps: dict[TP, Gap] = {}

    async def admit(self, tp: TP, gap: Gap) -> bool:
        """Tell whether a batch that comes behind a gap may be folded; seek back where it may not."""
        if gap.came <= gap.due or (self._gaps.get(tp) == gap and await self._is_empty(tp, gap)):
            self._gaps.pop(tp, None)
            return True
        self._gaps[tp] = gap
        log.warning("a batch does not follow on; reading again", partition=str(tp), due=gap.due, came=gap.came)
        await self._app.consumer.seek(tp, gap.due)
        return False

    async def _is_empty(self, tp: TP, gap: Gap) -> bool:
        return await asyncio.to_thread(self._nothing_in, tp, gap)

    async def resume(self, gaps: Mapping[TP, Gap], pass_over: Callable[[TP, Gap], None]) -> None:
        """Mend partitions that have records to fold and get none: pass over a gap that is empty, else read it again."""
        for tp, gap in gaps.items():
            if await self._is_empty(tp, gap):
                pass_over(tp, gap)
            else:
                log.warning(
                    "nothing comes, though there is something to fold; reading again", partition=str(tp), due=gap.due
                )
                await self._app.consumer.seek(tp, gap.due)
