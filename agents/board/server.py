"""The board's server: pages to read, `/metrics` and `/healthz`, and nothing to write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry

from agents.board.callbacks.follower import CallbackFollower
from agents.board.callbacks.routes import CallbackRoutes
from agents.board.cards import Card
from agents.board.deciding.door import Door
from agents.board.deciding.routes import IncidentRoutes
from agents.board.figures import BoardFigures
from agents.board.follower import Follower, Known
from agents.board.frame import LANGUAGES, PageFrame, frame_of, remember
from agents.board.pages import SCRIPT_HASH, Pages, staleness
from agents.board.periods.routes import PeriodRoutes
from agents.board.routing import Routing, html_answer
from agents.board.stream import WallStream
from agents.board.wall import Walls
from agents.board.year_routes import YearRoutes
from agents.board.years import KeptYears
from agents.language import Language
from agents.totals.plan import plan_of
from agents.web import HEADERS, Handler, application, exposition
from config.settings import Settings

log = structlog.get_logger()

AGAIN_SECONDS: Final = 5.0  # after which the wall is made anew though nothing was told: its clock, and who is silent
_FORMS: Final = HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
POLICY: Final = (  # as HEADERS has it, and its own forms, style, script and pictures
    f"{_FORMS}; style-src 'unsafe-inline'; script-src 'sha256-{SCRIPT_HASH}'; connect-src 'self'; img-src data:"
)


class _Rendered(NamedTuple):
    """Hold the parts of the wall, and what they were made of."""

    known: Known
    trouble: str | None
    at: float  # epoch s
    parts: dict[str, str]


class Board:
    """Answer what is asked of an office, from what the follower knows."""

    def __init__(self, settings: Settings, follower: Follower) -> None:
        self._settings = settings
        self._follower = follower
        self._zone = ZoneInfo(settings.timezone)
        self._years = KeptYears(settings, follower)
        opened = plan_of(settings).opened
        self._walls = Walls(settings, opened)
        self._stream = WallStream(self._parts)
        self._rendered: dict[Language, _Rendered] = {}
        self._pages = Pages(settings)
        routing = Routing(settings, follower, self._years, self._pages, self._frame, self._missing)
        self._periods = PeriodRoutes(routing)
        self._year_routes = YearRoutes(routing)
        door = Door(settings.board.decide)
        self._incidents = IncidentRoutes(routing, door)
        self.callbacks: Final = CallbackFollower(settings, erases=door.opens)
        self._callback_routes = CallbackRoutes(settings, self.callbacks, door, self._pages, self._frame)
        self._registry = CollectorRegistry()
        self._registry.register(BoardFigures(follower, self._years, opened, self._cards))

    def app(self) -> web.Application:
        """Return the application."""
        app = application(self._settings.board.hosts)
        app[LANGUAGES] = tuple(map(Language, self._settings.board.languages))
        app.middlewares.append(self._safely)
        get = {
            "/": self._wall,
            "/accessibility": self._accessibility,
            "/metrics": self._metrics,
            "/healthz": self._healthz,
        }
        app.add_routes([web.get(path, handler) for path, handler in get.items()])
        app.add_routes(self._incidents.routes())
        app.add_routes(self._periods.routes())
        app.add_routes(self._year_routes.routes())
        app.add_routes(self._callback_routes.routes())
        app.router.add_get("/events", self._events, allow_head=False)
        app.cleanup_ctx.extend((self._keeping, self._stream.running))
        app.on_shutdown.append(self._stream.end)
        return app

    async def _keeping(self, _app: web.Application) -> AsyncIterator[None]:
        keepers = [asyncio.create_task(each.keep()) for each in (self._years, self._incidents.weights)]
        yield
        for keeper in keepers:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper

    @web.middleware
    async def _safely(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Give every answer its policy, and say in words what is refused."""
        text = frame_of(request).text
        try:
            answer = await handler(request)
        except web.HTTPMethodNotAllowed as refused:
            answer = self._refused(request, 405, text("This board only shows"))
            answer.headers["Allow"] = refused.headers["Allow"]
        except web.HTTPNotFound:
            answer = self._refused(request, 404, text("There is no such page"))
        except Exception:
            log.exception("a page cannot be shown", path=request.path)
            answer = self._refused(request, 500, text("This page cannot be shown"))
        if not answer.prepared:
            answer.headers["Content-Security-Policy"] = POLICY
            remember(request, answer)
        return answer

    async def _wall(self, request: web.Request) -> web.Response:
        frame = self._frame(request)
        return html_answer(self._pages.wall(self._stream.parts(frame.language), frame, full="wall" in request.query))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        return await self._stream.answer(request, frame_of(request).language, {"Content-Security-Policy": POLICY})

    def _parts(self, language: Language) -> dict[str, str]:
        """Render the wall's parts in a language, where something is new or time alone may have changed them."""
        known, now, trouble = self._follower.known, time.time(), self._trouble(language)
        last = self._rendered.get(language)
        if last is None or last.known is not known or last.trouble != trouble or now - last.at > AGAIN_SECONDS:
            wall = self._walls.at(self.callbacks.counted(known), now, self._years.today())
            parts = self._pages.parts(wall, PageFrame(language, "", trouble))
            last = self._rendered[language] = _Rendered(known, trouble, now, parts)
        return last.parts

    def _cards(self) -> list[Card]:
        return self._walls.at(self._follower.known, time.time(), self._years.today()).cards

    async def _accessibility(self, request: web.Request) -> web.Response:
        return html_answer(self._pages.accessibility(self._frame(request)))

    async def _metrics(self, request: web.Request) -> web.Response:
        return await exposition(self._registry, request)

    async def _healthz(self, _request: web.Request) -> web.Response:
        now, follower = time.time(), self._follower
        reason = self._years.trouble
        if follower.stale(now):
            reason = follower.trouble or "the topics are not read to their ends"
        state = {
            "status": "stale" if reason else "ok",
            "reason": reason or None,
            "read_age_seconds": None if follower.read is None else round(now - follower.read, 3),
        }
        return web.json_response(state, status=503 if reason else 200)

    def _frame(self, request: web.Request) -> PageFrame:
        frame = frame_of(request)
        return frame._replace(trouble=self._trouble(frame.language))

    def _trouble(self, language: Language) -> str | None:
        return staleness(self._follower, time.time(), self._zone, language)

    def _missing(self, request: web.Request, said: str) -> web.Response:
        """Say what is not there; as long as the topics were never read, nobody knows."""
        if self._follower.read is None:
            text = frame_of(request).text
            return self._refused(request, 503, text("Tocsin does not know yet"))
        return self._refused(request, 404, said)

    def _refused(self, request: web.Request, status: int, said: str) -> web.Response:
        return html_answer(self._pages.refused(said, self._frame(request)), status)
