"""The pages of years, quarters and months, and the same figures as files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import urlencode

from aiohttp import web

from agents.board.frame import PageFrame
from agents.board.pages import ListedYear
from agents.board.routing import Routing, html_answer
from agents.cache import Cache
from agents.language import Language
from agents.pages.periods import called
from agents.report.format import DOWNLOADS, file_name
from agents.report.html import page
from agents.report.written import Edition, edition_of, report_of_edition, written
from agents.translation import Words
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage
from streams.periods.named import kind_of, period_of

NAMES: Final = r"[0-9]{4}(?:-Q[1-4]|-[0-9]{2})?"
KEPT: Final = 16  # files, of a few hundred kilobytes each
PATIENCE_SECONDS: Final = 60.0  # for a file: one is made at a time, and the slowest takes a few seconds
TEXTS: Final = frozenset({"text/csv", "application/json", "text/html"})


class _Asked(NamedTuple):
    """Name a file."""

    period: Period
    number: int | None  # of the edition that was asked for; None for the figures as they are now
    format: str
    language: Language


class YearRoutes:
    """Answer what is asked of years, quarters and months."""

    def __init__(self, routing: Routing) -> None:
        self._settings, self._years, self._answers = routing.settings, routing.years, routing.answers
        self._follower, self._within = routing.answers.follower, routing.within
        self._files = Cache[_Asked, bytes](KEPT)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get("/years", self._list), web.get(f"/years/{{name:{NAMES}}}", self._show)]

    async def _list(self, request: web.Request) -> web.Response:
        editions = self._follower.known.history.editions(self._settings.site)
        years = [self._listed(year, editions) for year in self._years.known()]
        return html_answer(self._answers.pages.years(years, self._years.today(), self._answers.frame(request)))

    def _listed(self, year: int, editions: Mapping[str, int]) -> ListedYear:
        parts = {each: editions.get(each.name, 0) for each in self._years.parts(year)}
        quarters = {each: count for each, count in parts.items() if count or kind_of(each) == "quarter"}
        return ListedYear(year, editions.get(str(year), 0), quarters)

    async def _show(self, request: web.Request) -> web.Response:
        frame, query = self._answers.frame(request), request.query
        try:
            period = period_of(request.match_info["name"])
        except ValueError:
            raise web.HTTPNotFound from None
        number, vintages = query.get("vintage"), self._vintages(period)
        vintage = next((each for each in vintages if str(each.number) == number), None)
        if number is not None and vintage is None:
            known = ", ".join(str(each.number) for each in vintages) or frame.text("none, as none was published yet")
            said = frame.text(
                "There is no edition “{name}” of {period} ({known})",
                name=number,
                period=called(period, frame.text),
                known=known,
            )
            return self._answers.missing(request, said)
        edition = await self._edition(period, vintage)
        if edition is None:
            return self._answers.missing(
                request, frame.text("Nothing was counted in {period}", period=called(period, frame.text))
            )
        wanted = query.get("format")
        if wanted is None:
            return html_answer(await asyncio.to_thread(self._page, edition, number, frame))
        if wanted not in DOWNLOADS:
            said = frame.text("There is no format “{name}” ({known})", name=wanted, known=", ".join(DOWNLOADS))
            return self._answers.missing(request, said)
        asked = _Asked(period, None if vintage is None else vintage.number, wanted, frame.language)
        return await self._file(request, asked, edition)

    async def _edition(self, period: Period, vintage: Vintage | None) -> Edition | None:
        """Return the edition that was asked for, or the figures of a period as they are now; None where it has none."""
        annual = await self._years.of(period)
        if annual is None:
            return None
        breaches = self._years.breaches(period)
        settings, history = self._settings, self._follower.known.history
        if vintage is not None:
            return edition_of(settings, history, vintage.annual, vintage, breaches, remembered=True)
        last = self._years.vintage(annual)
        return await asyncio.to_thread(edition_of, settings, history, annual, last, breaches)

    def _page(self, edition: Edition, number: str | None, frame: PageFrame) -> str:
        asked = {} if number is None else {"vintage": number}
        downloads = {
            frame.text(each.says): f"?{urlencode({**asked, 'format': name})}" for name, each in DOWNLOADS.items()
        }
        report = report_of_edition(edition, self._settings, frame.language)
        return page(report, home=f"{self._within.root}/", trouble=frame.trouble, downloads=downloads)

    async def _file(self, request: web.Request, asked: _Asked, edition: Edition) -> web.Response:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                content = await self._content(asked, edition)
        except TimeoutError:
            said = Words(asked.language)("This file takes too long to write; ask for it again in a minute")
            return self._answers.refused(request, 503, said, {"Retry-After": f"{PATIENCE_SECONDS:.0f}"})
        number = None if edition.vintage is None else edition.vintage.number
        download = DOWNLOADS[asked.format]
        name = file_name(download, self._settings.site, edition.annual.period, number, asked.language)
        return web.Response(
            body=content,
            content_type=download.media,
            charset="utf-8" if download.media in TEXTS else None,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def _content(self, asked: _Asked, edition: Edition) -> bytes:
        """Return a file, as it was kept while the figures are those that the page shows."""
        download, language = DOWNLOADS[asked.format], asked.language
        args = download.written_as, edition, self._settings, language, language if download.sheet else None
        same = edition[:-1]  # more days may have come since, which the page too leaves out
        return await self._files.made_apart(asked, partial(written, *args), same)

    def _vintages(self, period: Period) -> list[Vintage]:
        return self._follower.known.history.vintages(self._settings.site, period)
