"""All pages of one office, with its `/metrics` and `/healthz`: alone, or within a nation."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from aiohttp import web
from prometheus_client import CollectorRegistry

from agents.board.api.office import OfficeApi
from agents.board.callbacks.follower import OfficeCallbacks, list_of
from agents.board.callbacks.routes import CallbackRoutes
from agents.board.cards import Card
from agents.board.deciding.door import Door
from agents.board.deciding.question_routes import QuestionRoutes
from agents.board.deciding.routes import IncidentRoutes
from agents.board.figures import BoardFigures
from agents.board.follower import Follower, Known
from agents.board.frame import PageFrame, Within, frame_of
from agents.board.office_years import OfficeYears
from agents.board.pages import Pages
from agents.board.periods.routes import PeriodRoutes
from agents.board.routing import POLICY, Answers, Routing, html_answer
from agents.board.stream import Parts, WallStream
from agents.board.wall import Walls
from agents.board.weeks import KeptWeeks, WeekRoutes
from agents.board.year_routes import YearRoutes
from agents.board.years import KeptYears
from agents.cache import Cache
from agents.history.questions import known_questions
from agents.language import Language
from agents.totals.plan import plan_of
from agents.web import beside, exposition
from config.settings import Settings

AGAIN_SECONDS: Final = 5.0  # then the wall is rendered again even without news: its clock moves, a line may be silent


class SharedShown(NamedTuple):
    """Objects shared by the boards of several offices, and the address of one of them."""

    within: Within
    door: Door
    callbacks: OfficeCallbacks
    sees: Callable[[web.Request], bool] = lambda _: True  # whether the sender of a request may still see the office


class OfficePages:
    """The pages of an office, answered from the follower's snapshot."""

    def __init__(self, settings: Settings, follower: Follower, shown: SharedShown) -> None:
        self.settings: Final = settings
        self._shown = shown
        self._follower = follower
        self._years = KeptYears(settings, follower)
        opened = plan_of(settings).opened
        self._walls = Walls(settings, opened)
        self._stream = WallStream(self._parts)
        self._rendered = Cache[Language, Parts](limit=AGAIN_SECONDS)
        self._pages = Pages(settings, shown.within)
        self.answers: Final = Answers(follower, ZoneInfo(settings.timezone), self._pages, self._to_check)
        self._weeks = KeptWeeks(settings, follower, self._years)
        routing = Routing(settings, self._years, self.answers, shown.within)
        self._periods = PeriodRoutes(routing, self._weeks)
        self._week_routes = WeekRoutes(routing, self._weeks)
        self._year_routes = YearRoutes(self.answers, OfficeYears(routing))
        self._api = OfficeApi(routing, self._periods, self._year_routes)
        self._incidents = IncidentRoutes(routing, shown.door)
        self._questions = QuestionRoutes(routing, shown.door)
        self._callbacks = shown.callbacks
        self._callback_routes = CallbackRoutes(routing, self._callbacks, shown.door)
        self._years_when_asked = False
        self._registry = CollectorRegistry()
        self._registry.register(BoardFigures(follower, self._years, self._weeks, opened, self._cards))

    def routes(self) -> list[web.RouteDef]:
        """Return the routes, relative to the office's root."""
        get = {
            "/": self._wall,
            "/accessibility": self.answers.accessibility,
            "/metrics": self._metrics,
            "/healthz": self._healthz,
        }
        return [
            *(web.get(path, handler) for path, handler in get.items()),
            *self._incidents.routes(),
            *self._questions.routes(),
            *self._periods.routes(),
            *self._week_routes.routes(),
            *self._year_routes.routes(),
            *self._callback_routes.routes(),
            web.get("/events", self._events, allow_head=False),
        ]

    def api_routes(self) -> list[web.RouteDef]:
        """Return the routes of the API, relative to the office's address there."""
        return self._api.routes()

    @asynccontextmanager
    async def kept(self, *, years: bool = True) -> AsyncIterator[None]:
        """Keep the pages up to date while the block runs; without `years`, compute years only on request."""
        self._years_when_asked = not years
        of_years = (self._years.keep(), self._weeks.keep()) if years else ()
        async with beside(self._incidents.weights.keep(), *of_years), self._stream.running():
            yield

    async def end(self, _app: web.Application | None = None) -> None:
        """Close the event streams of all walls."""
        self._stream.end()

    async def _wall(self, request: web.Request) -> web.Response:
        frame = self.answers.frame(request)
        return html_answer(self._pages.wall(self._stream.parts(frame.language), frame, full="wall" in request.query))

    @property
    def watched(self) -> bool:
        return self._stream.watched

    async def _events(self, request: web.Request) -> web.StreamResponse:
        still, headers = partial(self._shown.sees, request), {"Content-Security-Policy": POLICY}
        return await self._stream.answer(request, frame_of(request).language, headers, still)

    def _parts(self, language: Language) -> Parts:
        """Render the wall's parts again if there is news or the last rendering is too old."""
        known, trouble = self._follower.known, self.answers.trouble(language)
        return self._rendered.made(language, partial(self._render, language, known, trouble), trouble, known)

    def _render(self, language: Language, known: Known, trouble: str | None) -> Parts:
        wall = self._walls.at(known, time.time(), self._years.today(), list_of(self._callbacks))
        return self._pages.parts(wall, PageFrame(language, "", trouble))

    def _to_check(self) -> int:
        known = self._follower.known
        return sum(len(each.left) for each in known_questions(self.settings, known.lines, known.history))

    def _cards(self) -> list[Card]:
        return self._walls.at(self._follower.known, time.time(), self._years.today()).cards

    async def _metrics(self, request: web.Request) -> web.Response:
        if self._years_when_asked:
            await self._years.renew()
        return await exposition(self._registry, request)

    async def _healthz(self, _request: web.Request) -> web.Response:
        return self.answers.health(self._years.trouble, altered=self._years.altered())
