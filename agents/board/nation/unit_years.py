"""Years, quarters and months of a nation and its units, for persons who may see all offices of the unit."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from agents.board.follower import Follower
from agents.board.frame import PageFrame
from agents.board.nation.live import LiveKind
from agents.board.nation.pages import NationPages, nation_name
from agents.board.nation.served import ServedOffices
from agents.board.nation.view import members
from agents.board.nation.year_page import UnitYear
from agents.board.routing import Answers, html_answer
from agents.board.year_routes import ShownYear
from agents.board.years import LedgerDays, decided_in
from agents.cache import Cache
from agents.history.ledger import History
from agents.history.today import today
from agents.language import Language
from agents.nation.figures import FiguredOffice, NationFigures, figures_of_office, serving_in, together
from agents.nation.scope import Scope, scope_of
from agents.nation.telling import NationTelling
from agents.nation.written import OF_ONE_OFFICE, units_written
from agents.pages.periods import called
from agents.report.format import DOWNLOADS, Download, file_name
from config.offices import Offices
from config.settings import Settings
from streams.indicators.period import Period

WAIT_SECONDS: Final = 8.0  # for the figures; after that, a page says that they are being computed
AGAIN_SECONDS: Final = 5.0  # until that page reloads
FILES: Final = {name: each for name, each in DOWNLOADS.items() if each.written_as not in OF_ONE_OFFICE}
EVERY_SECONDS: Final = 60.0
KEPT: Final = 8  # most units whose figures are kept, with their inputs
PERIODS: Final = 4  # most periods kept with each office's figures: some 50 MB a period for 101 offices


class _UnitAsked(NamedTuple):
    """A unit, all of whose offices the reader may see."""

    kind: LiveKind
    name: str
    sites: frozenset[str]  # offices to compute: for comparison, all offices if the reader may see all


class NationYears:
    formats: Final[Mapping[str, Download]] = FILES

    def __init__(self, served: ServedOffices, answers: Answers[NationPages], years: KeptUnits) -> None:
        self._served = served
        self._answers = answers
        self._years = years

    def listed(self, request: web.Request) -> str:
        frame, seen = self._answers.frame(request), self._served.seen(request)
        years = [(year, self._quarters(year, seen)) for year in self._years.known(seen)]
        return self._answers.pages.render(
            "nation_years", "years", frame, years=years, today=self._years.today(), called=called, files=FILES
        )

    async def shown(self, request: web.Request, period: Period) -> ShownYear | web.Response | None:
        """Return a unit's figures; None if nothing was counted or none of its offices was in service."""
        frame, asked = self._answers.frame(request), self._asked(request, period)
        if isinstance(asked, web.Response):
            return asked
        if not self._years.has(period, asked.sites):
            return None
        task = asyncio.create_task(self._years.of(period, asked.sites))
        done, _ = await asyncio.wait({task}, timeout=WAIT_SECONDS)
        if not done:  # the task continues, and the next request gets its result
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            said = frame.text("These figures are being computed; this page reloads by itself.")
            seconds = f"{AGAIN_SECONDS:.0f}"
            return self._answers.refused(request, 503, said, {"Retry-After": seconds, "Refresh": seconds})
        figures = task.result()
        units = {"region": figures.rolled.regions, "department": figures.rolled.departments}
        if asked.kind != "nation" and asked.name not in units[asked.kind]:
            return None
        scope = scope_of(figures) if asked.kind == "nation" else scope_of(figures, **{asked.kind: asked.name})
        name = asked.name or nation_name(self._served.nation, frame.text)
        return ShownYear(
            (period, asked.kind, asked.name, frame.language),
            partial(self._page, scope, asked, frame),
            partial(_written, scope, frame.language),
            lambda download: file_name(download, _plain(name), period, None, frame.language),
            source=figures,
        )

    def _quarters(self, year: int, seen: frozenset[str]) -> list[Period]:
        quarters = [Period.of_months(year, first, 3) for first in (1, 4, 7, 10)]
        return [each for each in quarters if self._years.has(each, seen)]

    def _asked(self, request: web.Request, period: Period) -> _UnitAsked | web.Response:
        """Return the requested unit; a reader who may see only some of its offices gets a page of links instead."""
        served, query = self._served, request.query
        kind: LiveKind = "department" if "department" in query else "region" if "region" in query else "nation"
        name = query.get(kind, "")
        seen, own = served.seen(request), frozenset(members(list(served.offices.sites.values()), kind, name))
        if seen.isdisjoint(own):
            text = self._answers.frame(request).text
            return self._answers.missing(request, text("There is no office of “{name}” here", name=name))
        if len(seen) == len(served.offices.sites):
            return _UnitAsked(kind, name, seen)
        return _UnitAsked(kind, name, own) if own <= seen else self._parts(request, period)

    def _parts(self, request: web.Request, period: Period) -> web.Response:
        """Return a page of links: to the visible offices, and to the units whose offices are all visible."""
        served = self._served
        seen, offices = served.seen(request), list(served.offices.sites.values())
        places = [(kind, name) for each in offices for kind, name in _units(each) if name is not None]
        units = [
            (name, f"/years/{period.name}?{urlencode([(kind, name)])}")
            for kind, name in dict.fromkeys(places)
            if seen.issuperset(members(offices, kind, name))
        ]
        own = [each for each in offices if each.site in seen]
        frame = self._answers.frame(request)
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


def _written(scope: Scope, language: Language, download: Download) -> bytes:
    return units_written(download.written_as, scope, language, language if download.sheet else None)


def _units(office: Settings) -> tuple[tuple[LiveKind, str | None], ...]:
    return ("region", office.place.region), ("department", office.place.department)


def _plain(name: str) -> str:
    """Return a name fit for a file name.

    >>> _plain("Île-de-France"), _plain("Ensemble des préfectures")
    ('ile-de-france', 'ensemble-des-prefectures')
    """
    plain = unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-") or "nation"


class KeptUnits:
    """Figures of the nations and units requested last, computed at most once a minute.

    An office's figures are computed again only after new records that concern them, or after a decision.
    """

    def __init__(self, follower: Follower, served: ServedOffices) -> None:
        self._follower = follower
        self._served = served
        self._made = Cache[tuple[Period, frozenset[str]], NationFigures](KEPT, patience=EVERY_SECONDS)
        self._of_offices = Cache[Period, Cache[str, FiguredOffice]](PERIODS)
        self._days = LedgerDays(follower)

    def known(self, sites: Collection[str]) -> list[int]:
        """Return the years for which the ledger has days of any of these offices, latest first."""
        return self._days.years(sites)

    def has(self, period: Period, sites: Collection[str]) -> bool:
        """Whether the ledger has a day of a period, of any of these offices."""
        return self._days.has(period, sites)

    def today(self) -> date:
        """Return the nation's local day; in a replay, the ledger's last one."""
        return today(self._served.offices.shared, self._days.each(self._served.offices.sites))

    async def of(self, period: Period, sites: frozenset[str]) -> NationFigures:
        """Return the figures of these offices over a period."""
        history, offices, today = self._follower.known.history, self._served.offices, self.today()
        part = Offices(offices.shared, {site: each for site, each in offices.sites.items() if site in sites})
        make = partial(self._figures, part, history, period, today)
        return await self._made.made_apart((period, sites), make, (offices, today, decided_in(history)), history)

    def _figures(self, offices: Offices, history: History, period: Period, today: date) -> NationFigures:
        kept = self._of_offices.made(period, Cache)
        made = [
            kept.made(
                each.site,
                partial(figures_of_office, each, history, period, today),
                (each, today, history.state(each.site, period)),
            )
            for each in serving_in(offices, period)
        ]
        return together(offices, period, today, made)
