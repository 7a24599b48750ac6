"""The way of a browser to the OpenID Connect provider, back with a person, and out again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from agents.board.deciding.door import Who, remember
from agents.board.deciding.sent import form_page, moved
from agents.board.frame import PageFrame
from agents.board.nation.served import ServedOffices
from agents.board.oidc.person import SECONDS, Attempt, SignInError
from agents.board.oidc.provider import Provider
from agents.board.routing import Answers
from agents.security_log import security_event
from config.security import on_loopback

log = structlog.get_logger()

DOOR: Final = "/door"
SIGN_IN: Final = f"{DOOR}/oidc"
BACK: Final = f"{SIGN_IN}/back"  # the redirect URI that the provider must know
COOKIE: Final = "tocsin-sign-in"
_OURS: Final = re.compile(r"/(?![/\\])[!-~]{0,500}")  # an address of this board, as a browser writes it

Refused: TypeAlias = Callable[[PageFrame, Who | None, str, str, int], web.Response]


class OidcRoutes:
    """Routes of a sign-in; `refused` makes the page that gives the reason of a failure."""

    def __init__(self, served: ServedOffices, answers: Answers[Any], refused: Refused) -> None:
        self._served = served
        self._answers = answers
        self._refused = refused

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(SIGN_IN, self._begin, allow_head=False),
            web.get(BACK, self._enter, allow_head=False),
        ]

    async def left(self, request: web.Request, who: Who) -> web.Response | None:
        """Return the page that ends the session of a person at the provider too; None if there is none."""
        provider, person = self._served.door.provider, None if who.session is None else who.session.person
        if provider is None or person is None:
            return None
        frame = self._answers.frame(request)
        try:
            away = await provider.leaving(person, _own(request) + DOOR)
        except SignInError as error:
            log.warning("a person's session at the provider was not ended", reason=str(error))
            said = frame.text("You are signed out here, but the provider does not answer: close your browser.")
            return self._refused(frame, None, "/", said, 503)
        if away is None:
            return None
        return form_page(self._answers.pages.render("signed_out", "", frame, away=away, host=provider.host))

    async def _begin(self, request: web.Request) -> web.Response:
        """Send the browser to the provider."""
        provider = self._provider()
        attempt = self._served.door.begin(ours(request.query.get("to", "")), time.time())
        try:
            answer = moved(await provider.address(attempt, _own(request) + BACK))
        except SignInError as error:
            return self._failed(request, attempt, error)
        secure, name = _tls(request), _cookie(_tls(request))
        answer.set_cookie(
            name, attempt.cookie, max_age=int(SECONDS), path="/", httponly=True, samesite="Lax", secure=secure
        )
        return answer

    async def _enter(self, request: web.Request) -> web.Response:
        """Take the provider's answer from the browser, and start the session of the person."""
        provider, door, secure = self._provider(), self._served.door, _tls(request)
        sent, state = request.cookies.get(_cookie(secure), ""), request.query.get("state", "")
        attempt = None
        try:
            attempt = door.resume(sent, state, time.time())
            person = await provider.person(attempt, request.query, _own(request) + BACK)
        except SignInError as error:
            answer = self._failed(request, attempt, error)
        else:
            opened, session = door.enter(person, request, time.time(), tls=secure)
            answer = moved(attempt.to)
            remember(answer, opened, session)
        answer.del_cookie(_cookie(secure), path="/", httponly=True, secure=secure)
        return answer

    def _provider(self) -> Provider:
        found = self._served.door.provider
        if found is None:
            raise web.HTTPNotFound
        return found

    def _failed(self, request: web.Request, attempt: Attempt | None, error: SignInError) -> web.Response:
        """Return the page of a failure; without an attempt the request is a stranger's, and is not logged."""
        if attempt is not None:
            log.warning("a sign-in failed", reason=str(error), client=request.remote)
            security_event("sign-in", succeeded=False, client=request.remote, reason=str(error))
        frame, to = self._answers.frame(request), "/" if attempt is None else attempt.to
        return self._refused(frame, self._served.who(request), to, str(frame.text.fact(error)), error.status)


def ours(address: str) -> str:
    """Return an address if it is on this board, otherwise `/`.

    >>> [ours(each) for each in ("/sites/lozere/?wall", "//evil.example", "https://evil.example", "/door")]
    ['/sites/lozere/?wall', '/', '/', '/']
    """
    return address if _OURS.fullmatch(address) and not address.startswith(DOOR) else "/"


def _tls(request: web.Request) -> bool:
    """Whether the browser must come by TLS: always, except on this machine."""
    return not on_loopback(urlsplit(f"//{request.host}").hostname or "")


def _own(request: web.Request) -> str:
    """Return the address of this board as the browser knows it; its host is one of `board.hosts`."""
    return f"{'https' if _tls(request) else 'http'}://{request.host}"


def _cookie(secure: bool) -> str:  # noqa: FBT001 -- its only question
    return f"__Host-{COOKIE}" if secure else COOKIE
