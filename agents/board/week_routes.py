"""The page of an office's coming week: the calls and visitors expected of each line and service."""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web

from agents.board.periods.forecast import ForecastWriter
from agents.board.routing import Routing, html_answer
from agents.board.weeks import KeptWeeks
from agents.desk_view.reading import desks_of
from agents.forecast.written import DeskKind, forecast_desks


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
