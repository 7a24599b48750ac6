"""The board's server: the pages of one office at `/`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from agents.board.callbacks.follower import CallbackFollower
from agents.board.deciding.door import Door
from agents.board.follower import Follower
from agents.board.frame import LANGUAGES, Within
from agents.board.office import OfficePages, SharedShown
from agents.language import Language
from agents.web import Handler, application
from config.offices import Offices
from config.settings import Settings


class Board:
    """The board of a single office."""

    def __init__(self, settings: Settings, follower: Follower) -> None:
        self._settings = settings
        door = Door(settings.board.decide)
        site, alone = settings.site, Offices(settings, {settings.site: settings})
        self.callbacks: Final = CallbackFollower(alone, follower, erases=door.opens)
        self._pages = OfficePages(settings, follower, SharedShown(Within(), door, self.callbacks.of(site)))

    def app(self) -> web.Application:
        app = application(self._settings.board.hosts)
        app[LANGUAGES] = tuple(map(Language, self._settings.board.languages))
        app.middlewares.append(self._safely)
        app.add_routes(self._pages.routes())
        app.cleanup_ctx.append(self._kept)
        app.on_shutdown.append(self._pages.end)
        return app

    @web.middleware
    async def _safely(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await self._pages.answers.safely(request, handler)

    async def _kept(self, _app: web.Application) -> AsyncIterator[None]:
        async with self._pages.kept():
            yield
