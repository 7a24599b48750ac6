"""Parts shared by the routes of all boards: settings, common answers, and the content security policy."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from prometheus_client.exposition import gzip_accepted

from agents.board.api.answers import of_api, problem, tagged
from agents.board.follower import Follower
from agents.board.frame import PageFrame, Within, frame_of, remember
from agents.board.pages import SCRIPT_HASH, Pages, staleness
from agents.board.signed import SignedPages
from agents.board.years import KeptYears
from agents.language import Language
from agents.security_log import security_event
from agents.web import HEADERS, Handler
from config.settings import Settings

log = structlog.get_logger()

_DENIED: Final = frozenset({401, 403, 429})
SomePages = TypeVar("SomePages", bound=SignedPages)

_FORMS: Final = HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
POLICY: Final = (  # like HEADERS, but allows the board's own forms, style, script and pictures
    f"{_FORMS}; style-src 'unsafe-inline'; script-src 'sha256-{SCRIPT_HASH}'; connect-src 'self'; img-src data:"
)
TEXTS: Final = frozenset({"text/csv", "application/json", "text/html"})
LEAST: Final = 1_024  # bytes; a smaller text fits in one packet anyway
_TOKEN: Final = b'name="token"'


def html_answer(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


class Answers(Generic[SomePages]):
    """Answers common to every board: refusals, missing pages, health, accessibility.

    `to_check` counts the calls that wait for a person's answer.
    """

    def __init__(
        self, follower: Follower, zone: ZoneInfo, pages: SomePages, to_check: Callable[[], int] = lambda: 0
    ) -> None:
        self.follower: Final = follower
        self.pages = pages
        self._zone = zone
        self._to_check = to_check

    def frame(self, request: web.Request) -> PageFrame:
        frame = frame_of(request)
        return frame._replace(trouble=self.trouble(frame.language), to_check=self._to_check())

    def trouble(self, language: Language) -> str | None:
        """Say why the figures are old; None if they are not."""
        return staleness(self.follower, time.time(), self._zone, language)

    def refused(
        self, request: web.Request, status: int, said: str, headers: Mapping[str, str] | None = None
    ) -> web.Response:
        """Return a page that gives the reason of a refusal, or the same as JSON in the API."""
        if of_api(request):
            answer = problem(status, said)
            answer.headers.update(headers or {})
            return answer
        return html_answer(self.pages.refused(said, self.frame(request)), status, headers)

    def missing(self, request: web.Request, said: str) -> web.Response:
        """Return 404 with a reason, or 503 as long as the topics have never been read."""
        if self.follower.read is None:
            return self.refused(request, 503, frame_of(request).text("Tocsin has not read its data yet"))
        return self.refused(request, 404, said)

    async def accessibility(self, request: web.Request) -> web.Response:
        """Answer with the accessibility statement."""
        return html_answer(self.pages.accessibility(self.frame(request)))

    def health(self, trouble: str = "", **more: object) -> web.Response:
        """Return the board's health: 503 with the reason if its topics are not read, or if there is `trouble`."""
        now, follower = time.time(), self.follower
        if follower.stale(now):
            trouble = follower.trouble or "the topics are not read to their ends"
        state = {
            "status": "stale" if trouble else "ok",
            "reason": trouble or None,
            "read_age_seconds": None if follower.read is None else round(now - follower.read, 3),
            **more,
        }
        return web.json_response(state, status=503 if trouble else 200)

    async def safely(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Run a handler, answer errors with a readable page, set the security policy, and compress."""
        text = frame_of(request).text
        try:
            answer = await handler(request)
        except web.HTTPMethodNotAllowed as error:
            answer = self.refused(request, 405, text("This board is read-only"), {"Allow": error.headers["Allow"]})
        except web.HTTPNotFound:
            answer = self.refused(request, 404, text("There is no such page"))
        except Exception:
            log.exception("a page cannot be shown", path=request.path)
            answer = self.refused(request, 500, text("This page cannot be shown"))
        if answer.status in _DENIED:
            facts = {"path": request.path, "status": answer.status, "client": request.remote}
            security_event("access", succeeded=False, **facts)
        if of_api(request):
            answer = tagged(request, answer)
        if not answer.prepared:
            answer.headers["Content-Security-Policy"] = POLICY
            remember(request, answer)
            compress(request, answer)
        return answer


class Routing(NamedTuple):
    settings: Settings
    years: KeptYears
    answers: Answers[Pages]
    within: Within


def compress(request: web.Request, answer: web.StreamResponse) -> None:
    """Gzip an answer that has not been sent yet, if it gains from that and the client accepts it.

    The size of a compressed page that has both a secret and a text of the attacker's choice, such as an address,
    reveals the secret a letter at a time (BREACH, CVE-2013-3587). A page with a form's token is therefore sent as
    it is.
    """
    if not isinstance(answer, web.Response) or answer.content_type not in TEXTS:
        return
    body = answer.body
    if not isinstance(body, bytes) or len(body) < LEAST or _TOKEN in body:
        return
    answer.headers["Vary"] = "Accept-Encoding"
    if gzip_accepted(request.headers.get("Accept-Encoding", "")):
        answer.enable_compression(web.ContentCoding.gzip)
