"""The board of a nation: the nation at `/`, its units below it, and all pages of each office at `/sites/ID/`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import partial
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiohttp import web
from prometheus_client import CollectorRegistry

from agents.across.figures import AcrossFigures
from agents.board.deciding.sent import moved
from agents.board.follower import Follower
from agents.board.frame import LANGUAGES, PageFrame, Within, frame_of
from agents.board.nation.callbacks import NationCallbacks
from agents.board.nation.doors import DoorRoutes
from agents.board.nation.figures import NationCollector
from agents.board.nation.followed import FollowedOffices
from agents.board.nation.hall import Hall, hall_of
from agents.board.nation.kept import KeptNation, moment
from agents.board.nation.live import LiveKind
from agents.board.nation.pages import unit_address
from agents.board.nation.sites import AwakeOffices, Called
from agents.board.nation.units import UnitRoutes
from agents.board.nation.year_routes import NationYearRoutes
from agents.board.nation.years import KeptUnits
from agents.board.office import OfficePages, SharedShown
from agents.board.pages import staleness
from agents.board.routing import html_answer, safely
from agents.language import Language
from agents.translation import Words
from agents.web import Handler, application, exposition
from config.offices import Offices
from config.settings import Settings

OPEN: Final = frozenset({"/metrics", "/healthz", "/accessibility", "/door", "/leave"})  # to all: they show no office
SITE: Final = "/sites/{site}"


class NationBoard:
    """Serve the pages of a nation and of all its offices."""

    def __init__(self, followed: FollowedOffices, follower: Follower) -> None:
        self._followed = followed
        self._follower = follower
        self._hall = hall_of(followed.offices)
        self._zone = ZoneInfo(followed.offices.shared.timezone)
        self._across = AcrossFigures(lambda: self._hall.offices, lambda: follower.known.history, self._moment)
        self._kept = KeptNation(follower, lambda: self._hall.offices, self._across.faults)
        self._callbacks = NationCallbacks(followed.offices, follower, erases=self._hall.door.opens)
        self._awake = AwakeOffices(follower)
        self._shown: dict[str, SharedShown] = {}  # by site
        self._doors = DoorRoutes(lambda: self._hall, self._frame)
        self._units = UnitRoutes(lambda: self._hall, self._kept, self._frame, self._missing, self._trouble, self._wrong)
        years = KeptUnits(follower, lambda: self._hall.offices)
        self._year_routes = NationYearRoutes(lambda: self._hall, years, self._frame, self._missing)
        self._registry = CollectorRegistry()
        self._registry.register(NationCollector(follower, self._kept))
        self._registry.register(self._across)

    def app(self) -> web.Application:
        """Return the application; the names of its hosts and its languages stay those of the beginning."""
        board = self._hall.nation.board
        app = application(board.hosts)
        app[LANGUAGES] = tuple(map(Language, board.languages))
        app.middlewares.append(self._safely)
        get = {"/accessibility": self._accessibility, "/metrics": self._metrics, "/healthz": self._healthz}
        app.add_routes([web.get(path, handler) for path, handler in get.items()])
        app.add_routes(self._doors.routes())
        app.add_routes(self._units.routes())
        app.add_routes(self._year_routes.routes())
        app.add_routes(self._site_routes())
        app.cleanup_ctx.append(self._keeping)
        app.on_shutdown.append(self._end)
        return app

    async def renew(self, offices: Offices) -> None:
        """Show these offices from now on.

        Raises `ConfigError` where the file of a secret holds none, and shows those of before.
        """
        self._hall = hall_of(offices, self._hall)
        self._shown = {}
        self._callbacks.renew(offices)
        await self._awake.end()

    def _site_routes(self) -> list[web.RouteDef]:
        """Return the routes of an office's pages below its own address: those of every office are the same."""
        one = next(iter(self._hall.offices.sites.values()))
        routes = OfficePages(one, self._follower, self._shown_of(one)).routes()
        found = [
            web.route(
                each.method, f"{SITE}{each.path}", partial(self._of_site, (each.method, each.path)), **each.kwargs
            )
            for each in routes
        ]
        return [web.get(SITE, self._entrance), *found, web.get(f"{SITE}/{{rest:.*}}", partial(self._of_site, None))]

    async def _entrance(self, request: web.Request) -> web.Response:
        return moved(f"/sites/{quote(request.match_info['site'], safe='')}/")

    async def _of_site(self, called: Called | None, request: web.Request) -> web.StreamResponse:
        """Have the pages of an office answer; whether who asks may see it was looked at before."""
        settings = self._hall.offices.sites.get(request.match_info["site"])
        if settings is None:
            raise web.HTTPNotFound
        self._callbacks.begin()
        office = await self._awake.of(settings, self._shown_of(settings))
        handler = _missing if called is None else office.handlers[called]
        return await office.pages.safely(request, handler)

    def _shown_of(self, settings: Settings) -> SharedShown:
        """Return what the pages of an office share with those of the others."""
        site = settings.site
        found = self._shown.get(site)
        if found is None:
            within = Within(f"/sites/{quote(site)}", tuple(_above(self._hall, settings)), self._hall.access.limited)
            door = self._hall.door.of(lambda who: site in self._hall.access.decided(who))
            found = SharedShown(
                within, door, self._callbacks.of(site), lambda request: site in self._hall.seen(request)
            )
            self._shown[site] = found
        return found

    async def _keeping(self, _app: web.Application) -> AsyncIterator[None]:
        tasks = [self._kept.keep(), self._awake.keep(), self._followed.keep(self.renew)]
        keepers = [asyncio.create_task(each) for each in tasks]
        async with self._units.stream.running():
            yield
        for keeper in keepers:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper

    async def _end(self, _app: web.Application) -> None:
        self._callbacks.end()
        self._units.stream.end()
        await self._awake.end()

    @web.middleware
    async def _safely(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await safely(request, partial(self._admitted, handler), self._refused)

    async def _admitted(self, handler: Handler, request: web.Request) -> web.StreamResponse:
        """Answer who may see what is asked for; what is not open to all is closed to who sees no office of it."""
        resource = request.match_info.route.resource
        if resource is not None and resource.canonical in OPEN:
            return await handler(request)
        seen, site = self._hall.seen(request), request.match_info.get("site")
        every = len(seen) == len(self._hall.offices.sites)
        if not seen or (site is not None and site not in seen and not every):
            return self._doors.closed(request)
        return await handler(request)

    async def _accessibility(self, request: web.Request) -> web.Response:
        return html_answer(self._hall.pages.accessibility(self._frame(request)))

    async def _metrics(self, request: web.Request) -> web.Response:
        await self._kept.now()
        await asyncio.to_thread(self._across.faults)  # so that the collector need not
        return await exposition(self._registry, request)

    def _moment(self) -> int:
        return round(moment(self._hall.offices, self._follower.known).timestamp() * 1000)

    async def _healthz(self, _request: web.Request) -> web.Response:
        now, follower = time.time(), self._follower
        reason = (follower.trouble or "the topics are not read to their ends") if follower.stale(now) else ""
        state = {
            "status": "stale" if reason else "ok",
            "reason": reason or None,
            "read_age_seconds": None if follower.read is None else round(now - follower.read, 3),
            "offices": len(self._hall.offices.sites),
            "configuration": "ok" if self._followed.wrong is None else "wrong",
        }
        return web.json_response(state, status=503 if reason else 200)

    def _frame(self, request: web.Request) -> PageFrame:
        frame = frame_of(request)
        return frame._replace(trouble=self._trouble(frame.language))

    def _trouble(self, language: Language) -> str | None:
        return staleness(self._follower, time.time(), self._zone, language)

    def _wrong(self, seen: frozenset[str], text: Words) -> list[str]:
        """Say what is wrong with the files of the offices: each thing to who sees all of them, else only that it is."""
        if self._followed.wrong is None:
            return []
        said = [text("The configuration has been changed, and is wrong: the one before still holds.")]
        if len(seen) == len(self._hall.offices.sites):
            said += [text(each.sentence()) for each in self._followed.wrong.mistakes]
        return said

    def _missing(self, request: web.Request, said: str) -> web.Response:
        if self._follower.read is None:
            return self._refused(request, 503, frame_of(request).text("Tocsin does not know yet"))
        return self._refused(request, 404, said)

    def _refused(self, request: web.Request, status: int, said: str) -> web.Response:
        return html_answer(self._hall.pages.refused(said, self._frame(request)), status)


async def _missing(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound


def _above(hall: Hall, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the pages above those of an office, from the nation's down."""
    yield hall.nation.office.name, "/"
    place = settings.place
    units: tuple[tuple[LiveKind, str | None], ...] = (("region", place.region), ("department", place.department))
    for kind, name in units:
        if name is not None:
            yield name, unit_address(kind, name)
