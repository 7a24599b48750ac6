"""The sign-in page, which lists a person's rights, and the answer to persons without any."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from agents.board.deciding.door import RefusedError, Who
from agents.board.deciding.forms import FormError, fields_of
from agents.board.deciding.sent import form_page, moved, sent
from agents.board.deciding.sessions import COOKIE
from agents.board.deciding.showing import NOTHING_WRITTEN, Draft
from agents.board.frame import PageFrame, frame_of
from agents.board.nation.pages import NationPages
from agents.board.nation.served import ServedNation
from agents.board.routing import Answers

DOOR: Final = "/door"
_OURS: Final = re.compile(r"/(?![/\\])[!-~]{0,500}")  # an address of this board, as a browser writes it


class DoorRoutes:
    """Routes for signing in and out."""

    def __init__(self, served: ServedNation, answers: Answers[NationPages]) -> None:
        self._served = served
        self._answers = answers

    def routes(self) -> list[web.RouteDef]:
        return [web.get(DOOR, self._show), web.post(DOOR, self._enter), web.post("/leave", self._leave)]

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
        answer = form_page(self._page(frame, who, Draft({"to": to}, [said])), status)
        answer.headers.update(headers)
        return answer

    async def _show(self, request: web.Request) -> web.Response:
        return form_page(self._page(self._answers.frame(request), self._served.who(request), NOTHING_WRITTEN))

    async def _enter(self, request: web.Request) -> web.Response:
        frame = frame_of(request)

        async def page(who: Who | None, draft: Draft) -> str:
            return self._page(frame, who, draft)

        async def taking(_: Who, fields: Mapping[str, str]) -> Draft | str:
            return _ours(fields.get("to", ""))

        return await sent(self._served.door, request, frame.text, page, taking)

    async def _leave(self, request: web.Request) -> web.Response:
        text, door = frame_of(request).text, self._served.door
        try:
            who, _ = door.admit(request, await fields_of(request, text), time.time(), text)
            door.leave(who)
        except (RefusedError, FormError) as error:
            return web.Response(text=str(error), status=403)
        answer = moved(DOOR)
        answer.del_cookie(COOKIE)
        return answer

    def _page(self, frame: PageFrame, who: Who | None, draft: Draft) -> str:
        served = self._served
        seen, decided = served.access.seen(who), served.access.decided(who)
        labels = {site: office.office.name or site for site, office in served.offices.sites.items()}
        more = {
            "to": _ours(draft.fields.get("to", "")),
            "seen": [labels[site] for site in labels if site in seen],
            "decided": [labels[site] for site in labels if site in decided],
            "all": len(labels),
        }
        return self._answers.pages.door(frame, served.door, who, draft, more)


def _ours(address: str) -> str:
    """Return an address if it is on this board, otherwise `/`.

    >>> [_ours(each) for each in ("/sites/lozere/?wall", "//evil.example", "https://evil.example", "/door")]
    ['/sites/lozere/?wall', '/', '/', '/']
    """
    return address if _OURS.fullmatch(address) and not address.startswith(DOOR) else "/"
