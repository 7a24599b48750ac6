"""The years, quarters and months of a nation and its units, and the same figures as files."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from agents.board.frame import PageFrame
from agents.board.nation.live import LiveKind
from agents.board.nation.pages import NationPages, nation_name
from agents.board.nation.served import ServedNation
from agents.board.nation.view import members
from agents.board.nation.year_page import UnitYear
from agents.board.nation.years import KeptUnits
from agents.board.routing import Answers, html_answer
from agents.board.year_routes import NAMES, PATIENCE_SECONDS, TEXTS
from agents.cache import Cache
from agents.language import Language
from agents.nation.scope import Scope, scope_of
from agents.nation.telling import NationTelling
from agents.nation.written import OF_ONE_OFFICE, units_written
from agents.pages.periods import called
from agents.report.format import DOWNLOADS, file_name
from config.settings import Settings
from streams.indicators.period import Period
from streams.periods.named import period_of

KEPT: Final = 12  # files, of up to a few megabytes each
WAIT_SECONDS: Final = 8.0  # for the figures, before a page says that they are being computed
AGAIN_SECONDS: Final = 5.0  # from then on until that page looks again
FILES: Final = {name: each for name, each in DOWNLOADS.items() if each.written_as not in OF_ONE_OFFICE}


class _ComputingError(Exception):
    """Tell that figures are being computed still."""


class _UnitAsked(NamedTuple):
    """Name a unit of which somebody sees all offices."""

    kind: LiveKind
    name: str
    sites: frozenset[str]  # that the figures are made of: of who sees all, all, to compare them


class NationYearRoutes:
    """Answer what is asked of the years of a nation and its units."""

    def __init__(self, served: ServedNation, answers: Answers[NationPages], years: KeptUnits) -> None:
        self._served = served
        self._answers = answers
        self._years = years
        self._files = Cache[tuple[str, str, str, Language], bytes](KEPT)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get("/years", self._list), web.get(f"/years/{{period:{NAMES}}}", self._show)]

    async def _list(self, request: web.Request) -> web.Response:
        frame, seen = self._answers.frame(request), self._served.seen(request)
        years = [(year, self._quarters(year, seen)) for year in self._years.known(seen)]
        page = self._answers.pages.render(
            "nation_years", "years", frame, years=years, today=self._years.today(), called=called, files=FILES
        )
        return html_answer(page)

    async def _show(self, request: web.Request) -> web.Response:
        try:
            return await self._answer(request)
        except _ComputingError:
            frame = self._answers.frame(request)
            said = frame.text(
                "These figures are being computed, as nobody asked for them lately; this page looks again."
            )
            seconds = f"{AGAIN_SECONDS:.0f}"
            return self._answers.refused(request, 503, said, {"Retry-After": seconds, "Refresh": seconds})

    async def _answer(self, request: web.Request) -> web.Response:
        frame = self._answers.frame(request)
        try:
            period = period_of(request.match_info["period"])
        except ValueError:
            raise web.HTTPNotFound from None
        asked = self._asked(request, frame)
        if isinstance(asked, web.Response):
            return asked
        if asked is None:
            return await self._parts(request, period, frame)
        wanted = request.query.get("format")
        if wanted is not None and wanted not in FILES:
            said = frame.text("There is no format “{name}” ({known})", name=wanted, known=", ".join(FILES))
            return self._answers.missing(request, said)
        scope = await self._scope(period, asked)
        if scope is None:
            said = frame.text("Nothing was counted in {period}", period=called(period, frame.text))
            return self._answers.missing(request, said)
        if wanted is None:
            return html_answer(await asyncio.to_thread(self._page, scope, asked, frame))
        return await self._file(scope, asked, wanted, frame)

    async def _scope(self, period: Period, asked: _UnitAsked) -> Scope | None:
        """Return the figures of a unit; None where nothing was counted, or none of its offices was in service."""
        if not self._years.has(period, asked.sites):
            return None
        task = asyncio.create_task(self._years.of(period, asked.sites))
        done, _ = await asyncio.wait({task}, timeout=WAIT_SECONDS)
        if not done:  # it goes on, and is kept for whoever asks again
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            raise _ComputingError
        figures = task.result()
        if asked.kind == "nation":
            return scope_of(figures)
        units = figures.rolled.regions if asked.kind == "region" else figures.rolled.departments
        if asked.name not in units:
            return None
        return scope_of(figures, **{asked.kind: asked.name})

    def _quarters(self, year: int, seen: frozenset[str]) -> list[Period]:
        quarters = [Period.of_months(year, first, 3) for first in (1, 4, 7, 10)]
        return [each for each in quarters if self._years.has(each, seen)]

    def _asked(self, request: web.Request, frame: PageFrame) -> _UnitAsked | web.Response | None:
        """Return the unit that is asked for; None where somebody sees a part of its offices, and so no sum."""
        served, query = self._served, request.query
        kind: LiveKind = "department" if "department" in query else "region" if "region" in query else "nation"
        name = query.get(kind, "")
        seen, own = served.seen(request), frozenset(members(list(served.offices.sites.values()), kind, name))
        if seen.isdisjoint(own):
            return self._answers.missing(request, frame.text("There is no office of “{name}” here", name=name))
        if len(seen) == len(served.offices.sites):
            return _UnitAsked(kind, name, seen)
        return _UnitAsked(kind, name, own) if own <= seen else None

    async def _parts(self, request: web.Request, period: Period, frame: PageFrame) -> web.Response:
        """Lead who sees a part of the offices to those, and to the units of which they see all."""
        served = self._served
        seen, offices = served.seen(request), list(served.offices.sites.values())
        places = [(kind, name) for each in offices for kind, name in _units(each) if name is not None]
        units = [
            (name, f"/years/{period.name}?{urlencode([(kind, name)])}")
            for kind, name in dict.fromkeys(places)
            if seen.issuperset(members(offices, kind, name))
        ]
        own = [each for each in offices if each.site in seen]
        page = self._answers.pages.render(
            "nation_year_parts", "years", frame, period=period, called=called, units=units, offices=own
        )
        return html_answer(page)

    def _page(self, scope: Scope, asked: _UnitAsked, frame: PageFrame) -> str:
        unit = [] if asked.kind == "nation" else [(asked.kind, asked.name)]
        downloads = {frame.text(each.says): f"?{urlencode([*unit, ('format', name)])}" for name, each in FILES.items()}
        telling = NationTelling(frame.language, ZoneInfo(self._served.offices.shared.timezone))
        name = asked.name or nation_name(self._served.nation, frame.text)
        return self._answers.pages.render(
            "nation_year",
            "years",
            frame,
            year=UnitYear(scope, telling),
            unit=name,
            kind=asked.kind,
            called=called,
            downloads=downloads,
            judged=scope.judging.kind,
        )

    async def _file(self, scope: Scope, asked: _UnitAsked, wanted: str, frame: PageFrame) -> web.Response:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                content = await self._content(scope, asked, wanted, frame.language)
        except TimeoutError:
            said = frame.text("This file takes too long to write; ask for it again in a minute")
            headers = {"Retry-After": f"{PATIENCE_SECONDS:.0f}"}
            return html_answer(self._answers.pages.refused(said, frame), 503, headers)
        download, name = DOWNLOADS[wanted], _plain(asked.name or nation_name(self._served.nation, frame.text))
        named = file_name(download, name, scope.rolled.period, None, frame.language)
        return web.Response(
            body=content,
            content_type=download.media,
            charset="utf-8" if download.media in TEXTS else None,
            headers={"Content-Disposition": f'attachment; filename="{named}"'},
        )

    async def _content(self, scope: Scope, asked: _UnitAsked, wanted: str, language: Language) -> bytes:
        """Return a file, as it was kept while the figures are those that the page shows."""
        key = (scope.rolled.period.name, f"{asked.kind} {asked.name}", wanted, language)
        download = DOWNLOADS[wanted]
        args = download.written_as, scope, language, language if download.sheet else None
        return await self._files.made_apart(key, partial(units_written, *args), source=scope.figures)


def _units(office: Settings) -> tuple[tuple[LiveKind, str | None], ...]:
    return ("region", office.place.region), ("department", office.place.department)


def _plain(name: str) -> str:
    """Return a name as a file may have it.

    >>> _plain("Île-de-France"), _plain("Ensemble des préfectures")
    ('ile-de-france', 'ensemble-des-prefectures')
    """
    plain = unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-") or "nation"
