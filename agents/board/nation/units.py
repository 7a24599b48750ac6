"""Routes of the nation, regions and departments: the present state, and the incidents to decide."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import quote, urlencode

from aiohttp import web

from agents.board.deciding.sent import moved
from agents.board.frame import PageFrame
from agents.board.nation.followed import FollowedOffices
from agents.board.nation.kept import KeptNation, NationNow
from agents.board.nation.live import LiveKind
from agents.board.nation.pages import NationPages
from agents.board.nation.served import ServedOffices
from agents.board.nation.view import UnitView, members, unit_now
from agents.board.routing import POLICY, Answers, html_answer
from agents.board.stream import KEPT_SECONDS, Parts, WallStream
from agents.cache import Cache
from agents.translation import Words

PATHS: Final[Mapping[LiveKind, str]] = {
    "nation": "",
    "region": "/regions/{name}",
    "department": "/departments/{name}",
}


class UnitRoutes:
    def __init__(
        self, served: ServedOffices, answers: Answers[NationPages], kept: KeptNation, followed: FollowedOffices
    ) -> None:
        self._served = served
        self._answers = answers
        self._kept = kept
        self._followed = followed
        self.stream = WallStream[UnitView](self._parts)
        self._rendered = Cache[UnitView, Parts](limit=KEPT_SECONDS)

    def routes(self) -> list[web.RouteDef]:
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
        await asyncio.to_thread(self._parts, view)  # rendered here, so that the stream does not wait
        parts, frame, full = self.stream.parts(view), self._answers.frame(request), "wall" in request.query
        return html_answer(self._answers.pages.unit(parts, (kind, view.name), frame, full=full))

    async def _events(self, kind: LiveKind, request: web.Request) -> web.StreamResponse:
        view = self._view(kind, request)
        if isinstance(view, web.Response):
            return view
        await self._kept.now()

        def still() -> bool:
            return self._served.seen(request) == view.seen

        return await self.stream.answer(request, view, {"Content-Security-Policy": POLICY}, still)

    def _view(self, kind: LiveKind, request: web.Request) -> UnitView | web.Response:
        """Return the view of a unit, or the answer if there is none; hidden and unknown units look the same."""
        frame, name = self._answers.frame(request), request.match_info.get("name", "")
        seen = self._served.seen(request)
        if seen.isdisjoint(members(list(self._served.offices.sites.values()), kind, name)):
            return self._answers.missing(request, frame.text("There is no office of “{name}” here", name=name))
        return UnitView(frame.language, kind, name, seen)

    def _parts(self, view: UnitView) -> Parts:
        """Render the parts of a view again if there is news."""
        now, trouble = self._kept.last, self._answers.trouble(view.language)
        return {} if now is None else self._rendered.made(view, partial(self._render, view, now, trouble), trouble, now)

    def _render(self, view: UnitView, now: NationNow, trouble: str | None) -> Parts:
        frame = PageFrame(view.language, "", trouble)
        return self._answers.pages.parts(unit_now(now, view), frame, self._wrong(view.seen, frame.text))

    async def _incidents(self, request: web.Request) -> web.Response:
        """List the incidents to decide in the offices that the reader may see."""
        seen, now = self._served.seen(request), await self._kept.now()
        cases = [each for each in now.waiting if each.settings.site in seen]
        page = request.query.get("page", "1")
        number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1  # noqa: PLR2004 -- no list has a million pages
        return html_answer(self._answers.pages.incidents(cases, max(1, number), self._answers.frame(request)))

    async def _alert(self, request: web.Request) -> web.Response:
        """Redirect an alert's link to its office."""
        site = request.query.get("site", "")
        if site not in self._served.seen(request):
            return moved("/incidents")
        asked = {name: request.query[name] for name in ("line", "kind") if name in request.query}
        return moved(f"/sites/{quote(site)}/incidents/now?{urlencode(asked)}")

    def _wrong(self, seen: frozenset[str], text: Words) -> list[str]:
        """Return the errors in the offices' files; readers of only some offices just learn that there are errors."""
        if self._followed.wrong is None:
            return []
        said = [text("The changed configuration is invalid: the previous one is still in use.")]
        if len(seen) == len(self._served.offices.sites):
            said += [text(each.sentence()) for each in self._followed.wrong.mistakes]
        return said
