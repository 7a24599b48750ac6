"""The board of a nation: the nation at `/`, its units below it, and all pages of each office at `/sites/ID/`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiohttp import web
from prometheus_client import CollectorRegistry

from agents.across.figures import AcrossFigures
from agents.board.api.answers import OPEN as OPEN_DESCRIPTION
from agents.board.api.answers import ROOT as API
from agents.board.api.answers import json_answer
from agents.board.api.mounting import described, mounted
from agents.board.api.office import about
from agents.board.callbacks.follower import CallbackFollower
from agents.board.deciding.sent import moved
from agents.board.follower import Follower
from agents.board.frame import LANGUAGES, Within
from agents.board.nation.doors import DoorRoutes
from agents.board.nation.figures import NationCollector
from agents.board.nation.followed import FollowedOffices
from agents.board.nation.kept import KeptNation
from agents.board.nation.live import LiveKind
from agents.board.nation.pages import NationPages, unit_address
from agents.board.nation.served import ServedOffices, nation_of
from agents.board.nation.sites import AwakeOffices, Called
from agents.board.nation.unit_years import KeptUnits, NationYears
from agents.board.nation.units import UnitRoutes
from agents.board.office import OfficePages, SharedShown
from agents.board.routing import Answers
from agents.board.year_routes import NAMES, YearRoutes
from agents.language import Language
from agents.web import Handler, application, beside, exposition
from config.nation import Nation
from config.offices import Offices
from config.settings import Settings

SITE: Final = "/sites/{site}"


class NationBoard:
    def __init__(self, followed: FollowedOffices, follower: Follower) -> None:
        self._followed = followed
        self._follower = follower
        self._served = ServedOffices(followed.offices)
        nation, zone = self._served.nation, ZoneInfo(followed.offices.shared.timezone)
        self._answers = Answers(follower, zone, NationPages(nation))
        self._across = AcrossFigures(lambda: self._served.offices, lambda: follower.known.history, self._moment)
        self._kept = KeptNation(follower, self._served, self._across.faults)
        self._callbacks = CallbackFollower(followed.offices, follower, erases=self._served.door.opens)
        self._awake = AwakeOffices(follower)
        self._shown: dict[str, SharedShown] = {}  # by site
        self._doors = DoorRoutes(self._served, self._answers, partial(followed.look, self.renew))
        self._units = UnitRoutes(self._served, self._answers, self._kept, followed)
        self._year_routes = YearRoutes(
            self._answers, NationYears(self._served, self._answers, KeptUnits(follower, self._served))
        )
        self._registry = CollectorRegistry()
        self._registry.register(NationCollector(follower, self._kept))
        self._registry.register(self._across)

    def app(self) -> web.Application:
        """Return the application; its host names and languages do not change with the configuration."""
        board = self._served.nation.board
        app = application(board.hosts)
        app[LANGUAGES] = tuple(map(Language, board.languages))
        app.middlewares.append(self._safely)
        get = {"/accessibility": self._answers.accessibility, "/metrics": self._metrics, "/healthz": self._healthz}
        app.add_routes([web.get(path, handler) for path, handler in get.items()])
        app.add_routes(self._doors.routes())
        app.add_routes(self._units.routes())
        app.add_routes(self._year_routes.routes())
        app.add_routes(self._site_routes())
        app.add_routes(
            [
                web.get(OPEN_DESCRIPTION, described),
                web.get(f"{API}/sites", self._sites),
                web.get(f"{API}/totals/{{name:{NAMES}}}", self._year_routes.document),
            ]
        )
        app.cleanup_ctx.append(self._keeping)
        app.on_shutdown.append(self._end)
        return app

    async def renew(self, offices: Offices) -> None:
        """Show these offices from now on.

        If the file of a secret has none, raises `ConfigError` and keeps the previous offices.
        """
        pages = NationPages(nation_of(offices))
        self._served.renew(offices)
        self._answers.pages = pages
        self._shown = {}
        self._callbacks.renew(offices)
        await self._awake.end()

    def _site_routes(self) -> list[web.RouteDef]:
        """Return the routes of an office's pages below its own address; they are the same for every office."""
        one = next(iter(self._served.offices.sites.values()))
        routes = OfficePages(one, self._follower, self._shown_of(one)).routes()
        api = mounted(OfficePages(one, self._follower, self._shown_of(one)).api_routes(), self._api_handler)
        found = [
            web.route(
                each.method, f"{SITE}{each.path}", partial(self._of_site, (each.method, each.path)), **each.kwargs
            )
            for each in routes
        ]
        return [
            *api,
            web.get(SITE, self._entrance),
            *found,
            web.get(f"{SITE}/{{rest:.*}}", partial(self._of_site, None)),
        ]

    def _api_handler(self, path: str, _: Handler) -> Handler:
        return partial(self._of_site, (API, path))

    async def _sites(self, request: web.Request) -> web.Response:
        seen = self._served.seen(request)
        return json_answer(
            {"sites": [about(each) for site, each in self._served.offices.sites.items() if site in seen]}
        )

    async def _entrance(self, request: web.Request) -> web.Response:
        return moved(f"/sites/{quote(request.match_info['site'], safe='')}/")

    async def _of_site(self, called: Called | None, request: web.Request) -> web.StreamResponse:
        """Forward a request to an office's pages, after the sender's rights have been checked."""
        settings = self._served.offices.sites.get(request.match_info["site"])
        if settings is None:
            raise web.HTTPNotFound
        self._callbacks.begin()
        office = await self._awake.of(settings, self._shown_of(settings))
        handler = _missing if called is None else office.handlers[called]
        return await office.pages.answers.safely(request, handler)

    def _shown_of(self, settings: Settings) -> SharedShown:
        """Return the objects that an office's pages share with the other offices."""
        site = settings.site
        found = self._shown.get(site)
        if found is None:
            served = self._served
            within = Within(f"/sites/{quote(site)}", tuple(_above(served.nation, settings)), served.access.limited)
            door = served.door.of(lambda who: site in served.access.decided(who))
            found = SharedShown(within, door, self._callbacks.of(site), lambda request: site in served.seen(request))
            self._shown[site] = found
        return found

    async def _keeping(self, _app: web.Application) -> AsyncIterator[None]:
        keepers = self._kept.keep(), self._awake.keep(), self._followed.keep(self.renew)
        async with beside(*keepers), self._units.stream.running():
            yield

    async def _end(self, _app: web.Application) -> None:
        self._callbacks.end()
        self._units.stream.end()
        await self._awake.end()

    @web.middleware
    async def _safely(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await self._answers.safely(request, partial(self._doors.admitted, handler))

    async def _metrics(self, request: web.Request) -> web.Response:
        await self._kept.now()
        await asyncio.to_thread(self._across.faults)  # computed here, so that the collector does not wait for it
        return await exposition(self._registry, request)

    def _moment(self) -> int:
        offices = self._served.offices
        return round(self._follower.known.now(offices.shared, offices.sites).timestamp() * 1000)

    async def _healthz(self, _request: web.Request) -> web.Response:
        configuration = "ok" if self._followed.wrong is None else "wrong"
        offices = len(self._served.offices.sites)
        return self._answers.health(self._kept.trouble, offices=offices, configuration=configuration)


async def _missing(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound


def _above(nation: Nation, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the pages above an office's, from the nation down."""
    yield nation.office.name, "/"
    place = settings.place
    units: tuple[tuple[LiveKind, str | None], ...] = (("region", place.region), ("department", place.department))
    for kind, name in units:
        if name is not None:
            yield name, unit_address(kind, name)
