"""The pages of each office of a nation, made on the first request and dropped when idle."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Final, TypeAlias

from agents.board.api.answers import ROOT as API
from agents.board.follower import Follower
from agents.board.office import OfficePages, SharedShown
from agents.web import Handler
from config.settings import Settings

LOOK_SECONDS: Final = 30.0
IDLE_SECONDS: Final = 600.0  # without a request or an open wall
MOST_AWAKE: Final = 24  # most offices kept, not counting those with an open wall

Called: TypeAlias = tuple[str, str]  # method and path of a route; in the API, its root in place of the method


class AwakeOffice:
    """The pages of an office in use."""

    def __init__(self, settings: Settings, follower: Follower, shown: SharedShown) -> None:
        self.site: Final = settings.site
        self.pages: Final = OfficePages(settings, follower, shown)
        self.handlers: Final[Mapping[Called, Handler]] = {
            **{(each.method, each.path): each.handler for each in self.pages.routes()},
            **{(API, each.path): each.handler for each in self.pages.api_routes()},
        }
        self.used = time.monotonic()
        self._keeping = AsyncExitStack()

    async def wake(self) -> None:
        """Start keeping the pages up to date."""
        await self._keeping.enter_async_context(self.pages.kept(years=False))

    async def sleep(self) -> None:
        """Close all walls, and stop keeping the pages up to date."""
        await self.pages.end()
        await self._keeping.aclose()


class AwakeOffices:
    """The pages of the offices requested last."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._awake: dict[str, AwakeOffice] = {}  # the least recently used first

    async def of(self, settings: Settings, shown: SharedShown) -> AwakeOffice:
        """Return an office's pages."""
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
        """Return the sites whose pages are kept, the least recently used first."""
        return list(self._awake)

    async def keep(self) -> None:
        """Drop idle offices, forever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.rest(time.monotonic())

    async def rest(self, now: float) -> None:
        """Drop the offices that are idle at `now` (monotonic s), and the least recently used ones beyond the limit."""
        unwatched = [each for each in self._awake.values() if not each.pages.watched]
        many = len(self._awake) - MOST_AWAKE
        for number, each in enumerate(unwatched):
            if number < many or now - each.used > IDLE_SECONDS:
                await self._let_go(each)

    async def end(self) -> None:
        """Drop all offices; the next request makes new pages."""
        for each in list(self._awake.values()):
            await self._let_go(each)

    async def _let_go(self, office: AwakeOffice) -> None:
        if self._awake.get(office.site) is office:
            del self._awake[office.site]
        await office.sleep()
