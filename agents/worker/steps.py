"""Long work of the event loop in steps, between which it folds events and answers the broker."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from agents.garbage import collect_new

STEP_SECONDS: Final = 0.01


class Steps:
    """The steps of one piece of work; the first one begins now."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    async def pause(self) -> bool:
        """Let the event loop continue if the present step has taken long; return whether other work may have run."""
        if time.monotonic() - self._begun <= STEP_SECONDS:
            return False
        collect_new()
        await asyncio.sleep(0)
        self._begun = time.monotonic()
        return True
