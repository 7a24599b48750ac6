"""The board's server: the pages of one office at `/`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Final

from aiohttp import web

from agents.board.api.answers import OPEN, ROOT, json_answer
from agents.board.api.mounting import described, mounted
from agents.board.api.office import about
from agents.board.callbacks.follower import CallbackFollower
from agents.board.follower import Follower
from agents.board.frame import LANGUAGES, Within
from agents.board.nation.doors import DoorRoutes
from agents.board.nation.followed import FollowedOffices
from agents.board.nation.served import ServedOffices
from agents.board.office import OfficePages, SharedShown
from agents.language import Language
from agents.web import Handler, application, beside
from config.offices import Offices
from config.settings import Settings


class Board:
    """The board of a single office; if its files are `followed`, changed rights apply without a restart."""

    def __init__(self, settings: Settings, follower: Follower, followed: FollowedOffices | None = None) -> None:
        self._settings = settings
        self._followed = followed
        site, alone = settings.site, Offices.alone(settings)
        served = self._served = ServedOffices(alone)
        door = served.door.of(lambda who: site in served.access.decided(who))
        self.callbacks: Final = CallbackFollower(alone, follower, erases=door.opens)
        within = Within(by_rights=served.access.limited)
        shown = SharedShown(within, door, self.callbacks.of(site), lambda request: site in served.seen(request))
        self._pages = OfficePages(settings, follower, shown)
        self._doors = DoorRoutes(served, self._pages.answers, self._look)

    def app(self) -> web.Application:
        app = application(self._settings.board.hosts)
        app[LANGUAGES] = tuple(map(Language, self._settings.board.languages))
        app.middlewares.append(self._safely)
        app.add_routes(self._pages.routes())
        app.add_routes(self._doors.routes())
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
        return await self._pages.answers.safely(request, partial(self._doors.admitted, handler))

    async def _look(self) -> None:
        if self._followed is not None:
            await self._followed.look(self._rule)

    async def _rule(self, offices: Offices) -> None:
        self._served.rule(offices)

    async def _sites(self, _request: web.Request) -> web.Response:
        return json_answer({"sites": [about(self._settings)]})

    async def _of_site(self, handler: Handler, request: web.Request) -> web.StreamResponse:
        if request.match_info["site"] != self._settings.site:
            raise web.HTTPNotFound
        return await handler(request)

    async def _kept(self, _app: web.Application) -> AsyncIterator[None]:
        keepers = () if self._followed is None else (self._followed.keep(self._rule),)
        async with beside(*keepers), self._pages.kept():
            yield
