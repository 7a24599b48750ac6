"""The pages of each office of a nation: made on the first request, let go once nobody has asked for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Final, TypeAlias

from agents.board.follower import Follower
from agents.board.office import OfficePages, SharedShown
from agents.web import Handler
from config.settings import Settings

LOOK_SECONDS: Final = 30.0
IDLE_SECONDS: Final = 600.0  # without a request, and with no wall open
MOST_AWAKE: Final = 24  # offices whose pages are kept, but for those with a wall open

Called: TypeAlias = tuple[str, str]  # method and path of a route


class AwakeOffice:
    """Hold the pages of an office while somebody asks for them."""

    def __init__(self, settings: Settings, follower: Follower, shown: SharedShown) -> None:
        self.site: Final = settings.site
        self.pages: Final = OfficePages(settings, follower, shown)
        self.handlers: Final[Mapping[Called, Handler]] = {
            (each.method, each.path): each.handler for each in self.pages.routes()
        }
        self.used = time.monotonic()
        self._keeping = AsyncExitStack()

    async def wake(self) -> None:
        """Begin to keep what the pages show up to date."""
        await self._keeping.enter_async_context(self.pages.kept(years=False))

    async def sleep(self) -> None:
        """Let all walls go, and keep nothing any more."""
        await self.pages.end()
        await self._keeping.aclose()


class AwakeOffices:
    """Hold the pages of the offices that were asked for last."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._awake: dict[str, AwakeOffice] = {}  # the least recently used first

    async def of(self, settings: Settings, shown: SharedShown) -> AwakeOffice:
        """Return the pages of an office."""
        found = self._awake.pop(settings.site, None)
        fresh = found is None
        if found is None:
            found = AwakeOffice(settings, self._follower, shown)
        self._awake[settings.site] = found
        if fresh:
            await found.wake()
        found.used = time.monotonic()
        return found

    def sites(self) -> list[str]:
        """Return the offices whose pages are kept, the least recently used first."""
        return list(self._awake)

    async def keep(self) -> None:
        """Let those go, for ever, that nobody asks for any more."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.rest(time.monotonic())

    async def rest(self, now: float) -> None:
        """Let those go that nobody has asked for in a while at `now` (monotonic s), and the oldest of too many."""
        unwatched = [each for each in self._awake.values() if not each.pages.watched]
        many = len(self._awake) - MOST_AWAKE
        for number, each in enumerate(unwatched):
            if number < many or now - each.used > IDLE_SECONDS:
                await self._let_go(each)

    async def end(self) -> None:
        """Let all go: who asks next is answered by pages that are made anew."""
        for each in list(self._awake.values()):
            await self._let_go(each)

    async def _let_go(self, office: AwakeOffice) -> None:
        if self._awake.get(office.site) is office:
            del self._awake[office.site]
        await office.sleep()
