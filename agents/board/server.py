"""The board's server: the pages of one office at `/`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Final

from aiohttp import hdrs, web

from agents.board.api.answers import OPEN, ROOT, json_answer, not_admitted, of_api
from agents.board.api.mounting import described, mounted
from agents.board.api.office import about
from agents.board.api.tokens import tokens_of
from agents.board.callbacks.follower import CallbackFollower
from agents.board.deciding.door import Door
from agents.board.follower import Follower
from agents.board.frame import LANGUAGES, Within, frame_of
from agents.board.nation.access import Access
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
        self._tokens = tokens_of(settings.board, Access(alone).called)
        self.callbacks: Final = CallbackFollower(alone, follower, erases=door.opens)
        self._pages = OfficePages(settings, follower, SharedShown(Within(), door, self.callbacks.of(site)))

    def app(self) -> web.Application:
        app = application(self._settings.board.hosts)
        app[LANGUAGES] = tuple(map(Language, self._settings.board.languages))
        app.middlewares.append(self._safely)
        app.add_routes(self._pages.routes())
        app.add_routes(
            [
                web.get(OPEN, described),
                web.get(f"{ROOT}/sites", self._sites),
                *mounted(self._pages.api_routes(), lambda _, handler: partial(self._of_site, handler)),
            ]
        )
        app.cleanup_ctx.append(self._kept)
        app.on_shutdown.append(self._pages.end)
        return app

    @web.middleware
    async def _safely(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await self._pages.answers.safely(request, partial(self._admitted, handler))

    async def _admitted(self, handler: Handler, request: web.Request) -> web.StreamResponse:
        """Answer a request; with a file of tokens, the API needs one of them."""
        if self._tokens is not None and of_api(request):
            seen = self._tokens.seen(request.headers.get(hdrs.AUTHORIZATION, ""))
            refusal = not_admitted(self._pages.answers, request, frame_of(request).text, seen, every=bool(seen))
            if refusal is not None:
                return refusal
        return await handler(request)

    async def _sites(self, _request: web.Request) -> web.Response:
        return json_answer({"sites": [about(self._settings)]})

    async def _of_site(self, handler: Handler, request: web.Request) -> web.StreamResponse:
        if request.match_info["site"] != self._settings.site:
            raise web.HTTPNotFound
        return await handler(request)

    async def _kept(self, _app: web.Application) -> AsyncIterator[None]:
        async with self._pages.kept():
            yield
