"""Years, quarters and months of an office: current figures and published editions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from agents.board.frame import PageFrame
from agents.board.pages import ListedYear
from agents.board.routing import Routing
from agents.board.year_routes import ShownYear
from agents.language import Language
from agents.pages.periods import called
from agents.report.format import DOWNLOADS, Download, file_name
from agents.report.written import Edition, edition_of, report_of_edition, written
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage
from streams.periods.named import kind_of


class OfficeYears:
    formats: Final[Mapping[str, Download]] = DOWNLOADS

    def __init__(self, routing: Routing) -> None:
        self._settings, self._years, self._answers = routing.settings, routing.years, routing.answers
        self._follower = routing.answers.follower

    def listed(self, request: web.Request) -> str:
        editions = self._follower.known.history.publications.editions(self._settings.site)
        years = [self._listed(year, editions) for year in self._years.known()]
        return self._answers.pages.years(years, self._years.today(), self._answers.frame(request))

    def _listed(self, year: int, editions: Mapping[str, int]) -> ListedYear:
        parts = {each: editions.get(each.name, 0) for each in self._years.parts(year)}
        quarters = {each: count for each, count in parts.items() if count or kind_of(each) == "quarter"}
        return ListedYear(year, editions.get(str(year), 0), quarters)

    async def shown(self, request: web.Request, period: Period) -> ShownYear | web.Response | None:
        """Return the figures of a period or of one of its editions; None if it has none."""
        frame, number = self._answers.frame(request), request.query.get("vintage")
        vintages = self._follower.known.history.publications.vintages(self._settings.site, period)
        vintage = next((each for each in vintages if str(each.number) == number), None)
        if number is not None and vintage is None:
            known = ", ".join(str(each.number) for each in vintages) or frame.text("none published yet")
            said = frame.text(
                "There is no edition “{name}” of {period} ({known})",
                name=number,
                period=called(period, frame.text),
                known=known,
            )
            return self._answers.missing(request, said)
        edition = await self._edition(period, vintage)
        if edition is None:
            return None
        last = None if edition.vintage is None else edition.vintage.number
        return ShownYear(
            (period, number, frame.language),
            partial(self._page, edition, number, frame),
            partial(self._written, edition, frame.language),
            lambda download: file_name(download, self._settings.site, period, last, frame.language),
            edition[:-1],  # without the history, whose new days the page does not show
        )

    async def _edition(self, period: Period, vintage: Vintage | None) -> Edition | None:
        """Return the requested edition, or the current figures of a period; None if it has none."""
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
        return self._answers.pages.year(report_of_edition(edition, self._settings, frame.language), downloads, frame)

    def _written(self, edition: Edition, language: Language, download: Download) -> bytes:
        return written(download.written_as, edition, self._settings, language, language if download.sheet else None)
