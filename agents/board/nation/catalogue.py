"""The offices of a nation as their files say by now: read again once one of them has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from config.offices import OfficeFiles, Offices
from config.refusal import ConfigError, Mistake, shown
from streams.said import said

log = structlog.get_logger()

LOOK_SECONDS: Final = 5.0


class Catalogue:
    """Hold the offices; while a file is wrong those of before stay, and `wrong` says what it is."""

    def __init__(self, files: OfficeFiles, offices: Offices) -> None:
        self._files = files
        self.offices = offices
        self.wrong: ConfigError | None = None

    async def keep(self, changed: Callable[[Offices], Awaitable[None]]) -> None:
        """Look at the files for ever, and tell of the offices that changed."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                found = await asyncio.to_thread(self._read)
                if found is not None:
                    await changed(found)
                    self.offices, self.wrong = found, None
                    log.info("the configuration has changed", offices=len(found.sites))
            except ConfigError as error:
                log.warning("the configuration is wrong: that of before stays", error=str(error))
                self.wrong = error
            except OSError as error:
                log.warning("the configuration cannot be read: that of before stays", error=str(error))

    def _read(self) -> Offices | None:
        """Return the offices where a file has changed."""
        if not self._files.changed():
            return None
        found = self._files.load()
        if found.nation is None:
            words = said("the offices of a nation, as when this board began")
            raise ConfigError([Mistake(str(self._files.path), "sites", shown(None), words)])
        return found
