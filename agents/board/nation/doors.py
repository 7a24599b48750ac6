"""The sign-in page, which lists a person's rights, and the answer to persons without any."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from agents.board.api.answers import not_admitted, of_api
from agents.board.deciding.door import RefusedError, Who, forget
from agents.board.deciding.forms import FormError, fields_of
from agents.board.deciding.sent import form_page, moved, sent
from agents.board.deciding.showing import NOTHING_WRITTEN, Draft
from agents.board.frame import PageFrame, frame_of
from agents.board.nation.served import ServedOffices
from agents.board.oidc.routes import BACK, DOOR, SIGN_IN, OidcRoutes, ours
from agents.board.routing import Answers
from agents.web import Handler

OPEN: Final = frozenset(  # to all, because they show no office
    {"/metrics", "/healthz", "/accessibility", "/leave", DOOR, SIGN_IN, BACK}
)


class DoorRoutes:
    """Routes for signing in and out; `look` reads the rights again if their file has changed."""

    def __init__(self, served: ServedOffices, answers: Answers[Any], look: Callable[[], Awaitable[None]]) -> None:
        self._served = served
        self._answers = answers
        self._look = look
        self._oidc = OidcRoutes(served, answers, self._refused)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(DOOR, self._show),
            web.post(DOOR, self._enter),
            web.post("/leave", self._leave),
            *self._oidc.routes(),
        ]

    async def admitted(self, handler: Handler, request: web.Request) -> web.StreamResponse:
        """Answer a request if the sender may see the page; most pages require the right to at least one office."""
        resource = request.match_info.route.resource
        if resource is not None and resource.canonical in OPEN:
            return await handler(request)
        if request.method == "POST":
            await self._look()  # a right that was taken away decides nothing more
        known, site = self._served.admitted(request), request.match_info.get("site")
        seen = known or frozenset()
        every = len(seen) == len(self._served.offices.sites)
        if of_api(request):
            refusal = not_admitted(self._answers, request, frame_of(request).text, known, every=every)
            return await handler(request) if refusal is None else refusal
        if not seen or (site is not None and site not in seen and not every):
            return self.closed(request)
        return await handler(request)

    def closed(self, request: web.Request) -> web.Response:
        """Return the refusal of a page, with the way to sign in."""
        frame, who = self._answers.frame(request), self._served.who(request)
        if who is None:
            said = frame.text("Sign in to see this page.")
            status, headers = 401, {"WWW-Authenticate": 'Session realm="tocsin"'}
        else:
            said = frame.text("You do not have the right to see this page.")
            status, headers = 403, {}
        to = str(request.rel_url) if request.method == "GET" else "/"
        answer = self._refused(frame, who, to, said, status)
        answer.headers.update(headers)
        return answer

    def _refused(self, frame: PageFrame, who: Who | None, to: str, said: str, status: int) -> web.Response:
        return form_page(self._page(frame, who, Draft({"to": to}, [said])), status)

    async def _show(self, request: web.Request) -> web.Response:
        return form_page(self._page(self._answers.frame(request), self._served.who(request), NOTHING_WRITTEN))

    async def _enter(self, request: web.Request) -> web.Response:
        frame = frame_of(request)

        async def page(who: Who | None, draft: Draft) -> str:
            return self._page(frame, who, draft)

        async def taking(_: Who, fields: Mapping[str, str]) -> Draft | str:
            return ours(fields.get("to", ""))

        return await sent(self._served.door, request, frame.text, page, taking)

    async def _leave(self, request: web.Request) -> web.Response:
        text, door = frame_of(request).text, self._served.door
        try:
            who, _ = door.admit(request, await fields_of(request, text), time.time(), text)
            door.leave(who)
        except (RefusedError, FormError) as error:
            return web.Response(text=str(error), status=403)
        answer = await self._oidc.left(request, who)
        if answer is None:
            answer = moved(DOOR if self._served.access.limited else "/incidents")
        if who.session is not None:
            forget(answer, who.session)
        return answer

    def _page(self, frame: PageFrame, who: Who | None, draft: Draft) -> str:
        served = self._served
        seen, decided = served.access.seen(who), served.access.decided(who)
        labels = {site: office.office.name or site for site, office in served.offices.sites.items()}
        more = {
            "to": ours(draft.fields.get("to", "")),
            "sign_in": f"{SIGN_IN}?{urlencode({'to': ours(draft.fields.get('to', ''))})}",
            "seen": [labels[site] for site in labels if site in seen],
            "decided": [labels[site] for site in labels if site in decided],
            "all": len(labels),
        }
        return str(self._answers.pages.door(frame, served.door, who, draft, more))
