"""Pages of lines, services and channels over the period in their address."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from agents.board.frame import PageFrame
from agents.board.periods.download import FORMATS, as_csv, as_json
from agents.board.periods.forecast import ForecastWriter
from agents.board.periods.page import PeriodWriter
from agents.board.routing import Routing, html_answer
from agents.board.weeks import KeptWeeks
from agents.desk_view.actions import WEEKS, ActionEffect, ActionWords, effects_of
from agents.desk_view.closing import shown_closings
from agents.desk_view.definitions import DefinitionWriter
from agents.desk_view.figures import DeskFigures, ShownRow
from agents.desk_view.reading import DeskKind, DeskReader, DeskView, shown_desks
from agents.desk_view.reasons import shown_reasons
from agents.desk_view.repeats import shown_repeats
from agents.desk_view.waits import shown_waits
from agents.history.questions import known_questions
from agents.pages.sentences import losses_sentence
from streams.indicators.period import Period
from streams.periods.named import kind_of, period_of, range_of


class PeriodRoutes:
    def __init__(self, routing: Routing, weeks: KeptWeeks) -> None:
        self._settings, self._years, self._answers = routing.settings, routing.years, routing.answers
        self._weeks = weeks
        self._follower = routing.answers.follower
        settings = routing.settings
        self._zone = ZoneInfo(settings.timezone)
        self._reader = DeskReader(settings)
        self._desks: Final = shown_desks(settings)

    def routes(self) -> list[web.RouteDef]:
        return [web.get(f"/{{kind:{'|'.join(self._desks)}}}/{{name}}", self._page)]

    async def document(self, request: web.Request) -> web.Response:
        """Answer with a desk's period as JSON."""
        return await self._show(request, "json")

    async def _page(self, request: web.Request) -> web.Response:
        return await self._show(request, request.query.get("format", "html"))

    async def _show(self, request: web.Request, wanted: str) -> web.Response:
        frame, kind, name = self._answers.frame(request), _kind(request), request.match_info["name"]
        desks = self._desks[kind]
        if name not in desks:
            return self._answers.missing(
                request, frame.text("There is no “{name}” ({known})", name=name, known=", ".join(desks))
            )
        if wanted not in {"html", *FORMATS}:
            known = ", ".join(("html", *FORMATS))
            return self._answers.missing(
                request, frame.text("There is no format “{name}” ({known})", name=wanted, known=known)
            )
        now = self._now()
        today = Period(now.date(), now.date())
        try:
            period = asked_for(request.query, today)
        except (ValueError, OverflowError):
            said = frame.text(
                "There is no such period: write 2026, 2026-Q1, 2026-03, 2026-W09, 2026-03-04, or from and to"
            )
            return self._answers.missing(request, said)
        history = self._follower.known.history
        view = await asyncio.to_thread(self._reader.view, history, kind, name, period, now)
        if wanted == "html":
            recent = Period(period.first - timedelta(7 * WEEKS), min(period.last, now.date()))
            effects = await asyncio.to_thread(
                effects_of, self._reader, history, self._settings, kind, name, recent, now.date()
            )
            forecast = await self._forecast(view, today, frame)
            return html_answer(self._html(view, today, forecast, effects, frame))
        if wanted == "json":
            text = as_json(view, self._settings.site, self._zone).decode()
        else:
            text = as_csv(view, self._zone, frame.text.language if wanted == "sheet" else None)
        ending = "json" if wanted == "json" else "csv"
        file = f"{self._settings.site}-{name}-{period.first}-{period.last}.{ending}"
        disposition = {"Content-Disposition": f'attachment; filename="{file}"'}
        return web.Response(text=text, content_type=FORMATS[wanted], charset="utf-8", headers=disposition)

    async def _forecast(self, view: DeskView, today: Period, frame: PageFrame) -> ForecastWriter | None:
        """Return the coming week for an unfinished period, and the forecast of a past week."""
        goes_on = view.until is not None
        if (
            view.kind == "channels"
            or view.name in self._settings.sums
            or not (goes_on or kind_of(view.period) == "week")
        ):
            return None
        first = today.first if goes_on else view.period.first
        if first > today.first:
            return None
        week = await self._weeks.of((view.kind, view.name), first, today.first)
        return None if week is None else ForecastWriter(frame.text, view.kind, week)

    def _html(
        self,
        view: DeskView,
        today: Period,
        forecast: ForecastWriter | None,
        effects: Sequence[ActionEffect],
        frame: PageFrame,
    ) -> str:
        page = PeriodWriter(frame.text, self._zone, view, [each.action for each in effects])
        words = ActionWords(frame.text)
        figures = DeskFigures(self._settings, frame.text, view)
        about = self._desks[view.kind][view.name]
        return self._answers.pages.render(
            "period",
            "",
            frame,
            title=about.label or view.name,
            view=view,
            page=page,
            pictures=page.pictures(),
            figures=figures,
            forecast=forecast,
            actions=[ShownRow(words.head(each), [*words.cells(each)]) for each in effects],
            action_columns=words.columns(),
            weeks=WEEKS,
            waits=shown_waits(view, frame.text),
            closings=shown_closings(view, frame.text),
            reasons=shown_reasons(view, frame.text),
            losses=self._losses(view, frame),
            repeats=shown_repeats(view, frame.text),
            definitions=DefinitionWriter(frame.text, view, self._settings.line_defaults.short_call),
            headline=figures.headline(),
            unanswered=view.kind == "lines" and self._unanswered(view),
            today=today,
            steps=page.beside(today),
        )

    def _losses(self, view: DeskView, frame: PageFrame) -> str | None:
        """Return where a line's losses of the last month came from, for an unfinished period."""
        status = self._follower.known.lines.get(f"{self._settings.site}/{view.name}")
        if view.kind != "lines" or view.until is None or status is None or status.month is None:
            return None
        return losses_sentence(status.month.losses, frame.text)

    def _unanswered(self, view: DeskView) -> bool:
        """Return whether a doubt that began by the end of the period has waited too long for an answer."""
        known, now = self._follower.known, self._now()
        asked = known_questions(self._settings, known.lines, known.history)
        own = (each for each in asked if each.line == view.name and each.is_overdue(now))
        return any(each.asked.calls[0].at.astimezone(self._zone).date() <= view.period.last for each in own)

    def _now(self) -> datetime:
        return self._follower.known.now(self._settings, [self._settings.site])


def asked_for(query: Mapping[str, str], today: Period) -> Period:
    """Return the period in a query (`period`, or `from` and `to`), by default today.

    Raises ValueError if it is invalid.
    """
    if "period" in query:
        return period_of(query["period"])
    if "from" in query or "to" in query:
        first = date.fromisoformat(query.get("from") or today.first.isoformat())
        return range_of(first, date.fromisoformat(query.get("to") or today.last.isoformat()))
    return today


def _kind(request: web.Request) -> DeskKind:
    kind = request.match_info["kind"]
    return "lines" if kind == "lines" else "services" if kind == "services" else "channels"
