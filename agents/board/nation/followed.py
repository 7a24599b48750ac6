"""Offices by their configuration files, which are read again after a change; of an office alone, its rights."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from config.offices import SHARED, OfficeFiles, Offices
from config.refusal import ConfigError, Mistake, shown
from config.settings import Settings
from streams.said import said

log = structlog.get_logger()

LOOK_SECONDS: Final = 5.0
FIXED: Final = [each for each in SHARED if each not in {"board", "rights"}]  # how topics are read takes a restart


class FollowedOffices:
    """The offices. While a file is invalid, the last valid offices stay in use, and `wrong` gives the reason."""

    def __init__(self, files: OfficeFiles, offices: Offices) -> None:
        self._files = files
        self.offices = offices
        self._looking = asyncio.Lock()
        self.wrong: ConfigError | None = None

    async def keep(self, changed: Callable[[Offices], Awaitable[None]]) -> None:
        """Watch the files forever; report the changed offices."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look(changed)

    async def look(self, changed: Callable[[Offices], Awaitable[None]]) -> None:
        """Read the files if one has changed; report the offices if they are valid and differ."""
        async with self._looking:
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
        """Return the offices if a file has changed."""
        if not self._files.changed():
            return None
        found, before = self._files.load(), self.offices.shared
        if isinstance(before, Settings):
            office = found.office(before.site)
            if office.model_copy(update={"rights": before.rights}) != before:
                log.warning("settings have changed; restart the board to apply them")
            return Offices.alone(before.model_copy(update={"rights": office.rights}))
        if found.nation is None:
            words = said("the offices of a nation, as when this board started")
            raise ConfigError([Mistake(str(self._files.path), "sites", shown(None), words)])
        fixed = {name: getattr(before, name) for name in FIXED}
        if any(getattr(found.shared, name) != each for name, each in fixed.items()):
            log.warning("settings shared by the offices have changed; restart the board to apply them")
            return found.sharing(found.shared.model_copy(update=fixed))
        return found
