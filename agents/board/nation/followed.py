"""The offices of a nation as their files say by now: read again once one of them has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from config.offices import SHARED, OfficeFiles, Offices
from config.refusal import ConfigError, Mistake, shown
from streams.said import said

log = structlog.get_logger()

LOOK_SECONDS: Final = 5.0
FIXED: Final = [each for each in SHARED if each != "board"]  # what is read by can change with the process alone


class FollowedOffices:
    """Hold the offices; while a file is wrong those of before stay, and `wrong` says what it is."""

    def __init__(self, files: OfficeFiles, offices: Offices) -> None:
        self._files = files
        self.offices = offices
        self.wrong: ConfigError | None = None

    async def keep(self, changed: Callable[[Offices], Awaitable[None]]) -> None:
        """Look at the files for ever, and tell of the offices that changed."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look(changed)

    async def look(self, changed: Callable[[Offices], Awaitable[None]]) -> None:
        """Read the files where one has changed; tell of the offices, unless they are wrong or the same."""
        try:
            found = await asyncio.to_thread(self._read)
            if found is None:
                return
            if found != self.offices:
                await changed(found)
                log.info("the offices have changed", offices=len(found.sites))
            self.offices, self.wrong = found, None
        except ConfigError as error:
            log.warning("the configuration is wrong: the offices stay as they were", error=str(error))
            self.wrong = error

    def _read(self) -> Offices | None:
        """Return the offices where a file has changed."""
        if not self._files.changed():
            return None
        found, before = self._files.load(), self.offices.shared
        if found.nation is None:
            words = said("the offices of a nation, as when this board began")
            raise ConfigError([Mistake(str(self._files.path), "sites", shown(None), words)])
        fixed = {name: getattr(before, name) for name in FIXED}
        if any(getattr(found.shared, name) != each for name, each in fixed.items()):
            log.warning("what the offices share has changed; start the board anew to take it")
            return found.sharing(found.shared.model_copy(update=fixed))
        return found
