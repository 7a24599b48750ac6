"""The pages of years, quarters and months, and the same figures as files."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlencode

from aiohttp import web

from agents.board.frame import PageFrame
from agents.board.pages import ListedYear
from agents.board.routing import Routing, html_answer
from agents.language import Language
from agents.pages.periods import called
from agents.report.format import DOWNLOADS, file_name
from agents.report.html import page
from agents.report.written import Edition, edition_of, report_of_edition, written
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
        self._settings, self._follower, self._years = routing.settings, routing.follower, routing.years
        self._pages, self._framed, self._missing = routing.pages, routing.framed, routing.missing
        self._within = routing.within
        self._one_at_a_time = asyncio.Lock()
        self._files: OrderedDict[_Asked, tuple[Edition, bytes]] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get("/years", self._list), web.get(f"/years/{{name:{NAMES}}}", self._show)]

    async def _list(self, request: web.Request) -> web.Response:
        editions = self._follower.known.history.publications.editions(self._settings.site)
        years = [self._listed(year, editions) for year in self._years.known()]
        return html_answer(self._pages.years(years, self._years.today(), self._framed(request)))

    def _listed(self, year: int, editions: Mapping[str, int]) -> ListedYear:
        parts = {each: editions.get(each.name, 0) for each in self._years.parts(year)}
        quarters = {each: count for each, count in parts.items() if count or kind_of(each) == "quarter"}
        return ListedYear(year, editions.get(str(year), 0), quarters)

    async def _show(self, request: web.Request) -> web.Response:
        frame, query = self._framed(request), request.query
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
            return self._missing(request, said)
        edition = await self._edition(period, vintage)
        if edition is None:
            return self._missing(
                request, frame.text("Nothing was counted in {period}", period=called(period, frame.text))
            )
        wanted = query.get("format")
        if wanted is None:
            return html_answer(await asyncio.to_thread(self._page, edition, number, frame))
        if wanted not in DOWNLOADS:
            said = frame.text("There is no format “{name}” ({known})", name=wanted, known=", ".join(DOWNLOADS))
            return self._missing(request, said)
        asked = _Asked(period, None if vintage is None else vintage.number, wanted, frame.language)
        return await self._file(asked, edition, frame)

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

    async def _file(self, asked: _Asked, edition: Edition, frame: PageFrame) -> web.Response:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._one_at_a_time:
                content = await self._content(asked, edition)
        except TimeoutError:
            said = frame.text("This file takes too long to write; ask for it again in a minute")
            return html_answer(self._pages.refused(said, frame), 503, {"Retry-After": f"{PATIENCE_SECONDS:.0f}"})
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
        kept = self._files.pop(asked, None)
        if kept is None or kept[0][:-1] != edition[:-1]:  # more days may have come since, which the page too leaves out
            download, language = DOWNLOADS[asked.format], asked.language
            args = download.written_as, edition, self._settings, language, language if download.sheet else None
            kept = edition, await asyncio.to_thread(written, *args)
        self._files[asked] = kept
        if len(self._files) > KEPT:
            self._files.popitem(last=False)
        return kept[1]

    def _vintages(self, period: Period) -> list[Vintage]:
        return self._follower.known.history.publications.vintages(self._settings.site, period)
