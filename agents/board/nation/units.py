"""What is asked of the nation, of a region and of a department: how they are now, and what awaits a decision there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final
from urllib.parse import quote, urlencode

from aiohttp import web

from agents.board.deciding.sent import moved
from agents.board.frame import PageFrame
from agents.board.nation.hall import Standing
from agents.board.nation.kept import KeptNation, NationNow
from agents.board.nation.live import LiveKind
from agents.board.nation.view import UnitView, members, unit_now
from agents.board.routing import POLICY, Missing, html_answer
from agents.board.stream import Parts, WallStream
from agents.language import Language
from agents.translation import Words

PATHS: Final[Mapping[LiveKind, str]] = {
    "nation": "",
    "region": "/regions/{name}",
    "department": "/departments/{name}",
}


class UnitRoutes:
    """Answer what is asked of the nation and its units."""

    def __init__(
        self,
        hall: Standing,
        kept: KeptNation,
        framed: Callable[[web.Request], PageFrame],
        missing: Missing,
        trouble: Callable[[Language], str | None],
        wrong: Callable[[frozenset[str], Words], list[str]],
    ) -> None:
        self._hall = hall
        self._kept = kept
        self._framed = framed
        self._missing = missing
        self._trouble = trouble
        self._wrong = wrong
        self.stream = WallStream[UnitView](self._parts)
        self._rendered: dict[UnitView, tuple[NationNow, str | None, dict[str, str]]] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        found = [web.get("/incidents", self._incidents), web.get("/incidents/now", self._alert)]
        for kind, path in PATHS.items():
            found += [
                web.get(path or "/", partial(self._show, kind)),
                web.get(f"{path}/events", partial(self._events, kind), allow_head=False),
            ]
        return found

    async def _show(self, kind: LiveKind, request: web.Request) -> web.StreamResponse:
        view = self._view(kind, request)
        if isinstance(view, web.Response):
            return view
        await self._kept.now()
        await asyncio.to_thread(self._parts, view)  # so that the stream need not
        parts = self.stream.parts(view)
        return html_answer(self._hall().pages.unit(parts, (kind, view.name), self._framed(request)))

    async def _events(self, kind: LiveKind, request: web.Request) -> web.StreamResponse:
        view = self._view(kind, request)
        if isinstance(view, web.Response):
            return view
        await self._kept.now()

        def still() -> bool:
            return self._hall().seen(request) == view.seen

        return await self.stream.answer(request, view, {"Content-Security-Policy": POLICY}, still)

    def _view(self, kind: LiveKind, request: web.Request) -> UnitView | web.Response:
        """Return what somebody is shown of a unit, or why there is nothing: a hidden one is as one not there."""
        hall, frame, name = self._hall(), self._framed(request), request.match_info.get("name", "")
        seen = hall.seen(request)
        if seen.isdisjoint(members(list(hall.offices.sites.values()), kind, name)):
            return self._missing(request, frame.text("There is no office of “{name}” here", name=name))
        return UnitView(frame.language, kind, name, seen)

    def _parts(self, view: UnitView) -> Parts:
        """Render the parts of a view, where something is new."""
        now, trouble = self._kept.last, self._trouble(view.language)
        last = self._rendered.get(view)
        if now is None:
            return {} if last is None else last[2]
        if last is None or last[0] is not now or last[1] != trouble:
            text = Words(view.language)
            frame = PageFrame(view.language, "", trouble)
            parts = self._hall().pages.parts(unit_now(now, view), frame, self._wrong(view.seen, text))
            fresh = time.monotonic() - 60
            self._rendered = {one: each for one, each in self._rendered.items() if each[0].made > fresh}
            last = self._rendered[view] = now, trouble, parts
        return last[2]

    async def _incidents(self, request: web.Request) -> web.Response:
        """List what awaits a decision in the offices that somebody may see."""
        seen, now = self._hall().seen(request), await self._kept.now()
        cases = [each for each in now.waiting if each.settings.site in seen]
        page = request.query.get("page", "1")
        number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1  # noqa: PLR2004 -- no list has more
        return html_answer(self._hall().pages.incidents(cases, max(1, number), self._framed(request)))

    async def _alert(self, request: web.Request) -> web.Response:
        """Lead from an alert to the office that it is about."""
        site = request.query.get("site", "")
        if site not in self._hall().seen(request):
            return moved("/incidents")
        asked = {name: request.query[name] for name in ("line", "kind") if name in request.query}
        return moved(f"/sites/{quote(site)}/incidents/now?{urlencode(asked)}")
