"""The forecast weeks of an office's lines and services, computed once a day and after each decision; and their page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final, NamedTuple

import structlog
from aiohttp import web

from agents.board.follower import Follower
from agents.board.periods.forecast import ForecastWriter
from agents.board.routing import Routing, html_answer
from agents.board.years import KeptYears, decided_in
from agents.cache import Cache
from agents.desk_view.reading import desks_of
from agents.forecast.ledger import last_day
from agents.forecast.shortfall import known_attendance
from agents.forecast.week import ForecastWeek, week_from
from agents.forecast.written import DeskKey, DeskKind, forecast_desks
from config.settings import Settings

log = structlog.get_logger()

KEPT: Final = 256  # most weeks kept
RENEW_SECONDS: Final = 120.0


class _Asked(NamedTuple):
    desk: DeskKey
    first: date


class _Found(NamedTuple):
    week: ForecastWeek | None


class KeptWeeks:
    def __init__(self, settings: Settings, follower: Follower, years: KeptYears) -> None:
        self.site: Final = settings.site
        self._settings = settings
        self._follower = follower
        self._years = years
        self._found = Cache[_Asked, _Found](KEPT)

    async def of(self, desk: DeskKey, first: date, today: date) -> ForecastWeek | None:
        """Return the week of a desk from a day on, as of `today`; None if too little is known."""
        history = self._follower.known.history
        lines = self._follower.known.lines if first == today else {}
        attendance = known_attendance(lines, self.site, desk, today)
        given = today, last_day(history, self.site, today), decided_in(history, self.site), dict(attendance)
        make = partial(week_from, history, self._settings, *desk, first, today, attendance)
        return (await self._found.made_apart(_Asked(desk, first), lambda: _Found(make()), given)).week

    def coming(self) -> Iterator[tuple[DeskKey, ForecastWeek]]:
        """Yield the weeks from today on that were already computed and may be shown."""
        today = self._years.today()
        for desk in forecast_desks(self._settings):
            found = self._found.last(_Asked(desk, today))
            if found is not None and found.week is not None and found.week.sound:
                yield desk, found.week

    async def keep(self) -> None:
        """Keep the weeks from today on up to date, forever."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)  # at the start, pages come first
            try:
                today = self._years.today()
                for desk in forecast_desks(self._settings):
                    await self.of(desk, today, today)
            except Exception:  # any error: it may stop when a record is repaired
                log.exception("the forecasts cannot be computed; trying again")


class ShownDesk(NamedTuple):
    """A line or a service with its coming week."""

    kind: DeskKind
    name: str
    label: str
    forecast: ForecastWriter


class WeekRoutes:
    def __init__(self, routing: Routing, weeks: KeptWeeks) -> None:
        self._settings, self._years, self._answers = routing.settings, routing.years, routing.answers
        self._weeks = weeks

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/week", self._page)]

    async def _page(self, request: web.Request) -> web.Response:
        frame, today, labels = self._answers.frame(request), self._years.today(), desks_of(self._settings)
        desks, unknown = list[ShownDesk](), list[str]()
        for kind, name in forecast_desks(self._settings):
            label = labels[kind][name].label or name
            week = await self._weeks.of((kind, name), today, today)
            if week is None:
                unknown.append(label)
            else:
                desks.append(ShownDesk(kind, name, label, ForecastWriter(frame.text, kind, week)))
        return html_answer(self._answers.pages.render("week", "week", frame, desks=desks, unknown=unknown))
