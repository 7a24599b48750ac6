"""No stretch of a partition is skipped: what Faust lets fall is read again.

After an outage Faust may set its own read offset ahead of where the consumer reads again, and
then drops what it is given as read before; the next batch begins beyond the state. A state's
offset must not jump, or the guard would skip what was dropped for good. So a batch that does not
follow on is not folded: the worker seeks back to where its state ends. Only when nothing else
comes from there a second time is the gap the topic's own (retention, a transaction's mark). At the end
of a partition nothing comes at all after such a gap: there another reader is asked whether it is one.
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
    """Tell which offset is due after a state, and with which the batch began that came, or where the partition ends."""

    due: int
    came: int


class Continuity:
    """Admit the batches that follow on from an intake's state, and seek back for the others."""

    def __init__(self, app: faust.App) -> None:
        self._app = app
        self._gaps: dict[TP, Gap] = {}

    async def admit(self, tp: TP, gap: Gap) -> bool:
        """Tell whether a batch may be folded that comes where another is due; seek back where it may not."""
        if gap.came <= gap.due or self._gaps.get(tp) == gap:
            self._gaps.pop(tp, None)
            return True
        self._gaps[tp] = gap
        log.warning("a batch does not follow on; reading again", partition=str(tp), due=gap.due, came=gap.came)
        await self._app.consumer.seek(tp, gap.due)
        return False

    async def resume(
        self, gaps: Mapping[TP, Gap], nothing_in: Callable[[TP, Gap], bool], pass_over: Callable[[TP, Gap], None]
    ) -> None:
        """Mend each partition that has something to fold and gets nothing: pass the gap over, or read from it again."""
        for tp, gap in gaps.items():
            if await asyncio.to_thread(nothing_in, tp, gap):
                pass_over(tp, gap)
            else:
                log.warning(
                    "nothing comes, though there is something to fold; reading again", partition=str(tp), due=gap.due
                )
                await self._app.consumer.seek(tp, gap.due)
