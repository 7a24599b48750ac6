"""Pages of years, quarters and months of an office or another unit, and the same figures as files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Final, NamedTuple, Protocol

from aiohttp import web

from agents.board.frame import frame_of
from agents.board.routing import TEXTS, Answers, SomePages, html_answer
from agents.cache import Cache
from agents.pages.periods import called
from agents.report.format import Download
from streams.indicators.period import Period
from streams.periods.named import period_of

NAMES: Final = r"[0-9]{4}(?:-Q[1-4]|-[0-9]{2})?"
KEPT: Final = 12  # most files kept, of up to a few megabytes each
PATIENCE_SECONDS: Final = 60.0  # time for a file: files are made one at a time, the slowest in a few seconds


class ShownYear(NamedTuple):
    """A period's figures in one language, with functions that make its page and files."""

    key: Hashable
    page: Callable[[], str]
    written: Callable[[Download], bytes]
    named: Callable[[Download], str]
    given: object = None
    source: object = None


class UnitYears(Protocol):
    """The years of an office, or of a nation and its units."""

    @property
    def formats(self) -> Mapping[str, Download]:
        """The file formats, by their names in addresses."""

    def listed(self, request: web.Request) -> str:
        """Return the page that lists the years."""

    async def shown(self, request: web.Request, period: Period) -> ShownYear | web.Response | None:
        """Return a period's figures, or an answer that says why not; None if nothing was counted."""


class YearRoutes:
    def __init__(self, answers: Answers[SomePages], years: UnitYears) -> None:
        self._answers = answers
        self._years = years
        self._files = Cache[Hashable, bytes](KEPT)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/years", self._list), web.get(f"/years/{{name:{NAMES}}}", self._page)]

    async def _list(self, request: web.Request) -> web.Response:
        return html_answer(self._years.listed(request))

    async def document(self, request: web.Request) -> web.Response:
        """Answer with the figures as JSON."""
        answer = await self._show(request, "json")
        if answer.content_type == "text/html":  # links to the units and offices that the sender may see
            text = frame_of(request).text
            return self._answers.refused(request, 403, text("You do not have the right to see this page."))
        return answer

    async def _page(self, request: web.Request) -> web.Response:
        return await self._show(request, request.query.get("format"))

    async def _show(self, request: web.Request, wanted: str | None) -> web.Response:
        try:
            period = period_of(request.match_info["name"])
        except ValueError:
            raise web.HTTPNotFound from None
        shown = await self._years.shown(request, period)
        if isinstance(shown, web.Response):
            return shown
        text, formats = frame_of(request).text, self._years.formats
        if shown is None:
            return self._answers.missing(request, text("Nothing was counted in {period}", period=called(period, text)))
        if wanted is None:
            return html_answer(await asyncio.to_thread(shown.page))
        if wanted not in formats:
            said = text("There is no format “{name}” ({known})", name=wanted, known=", ".join(formats))
            return self._answers.missing(request, said)
        return await self._file(request, shown, formats[wanted])

    async def _file(self, request: web.Request, shown: ShownYear, download: Download) -> web.Response:
        """Return a file, from the cache while the figures stay the same."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                write = partial(shown.written, download)
                content = await self._files.made_apart((shown.key, download), write, shown.given, shown.source)
        except TimeoutError:
            said = frame_of(request).text("This file takes too long to write; ask for it again in a minute")
            return self._answers.refused(request, 503, said, {"Retry-After": f"{PATIENCE_SECONDS:.0f}"})
        return web.Response(
            body=content,
            content_type=download.media,
            charset="utf-8" if download.media in TEXTS else None,
            headers={"Content-Disposition": f'attachment; filename="{shown.named(download)}"'},
        )
