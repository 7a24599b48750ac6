"""What the routes of the board's pages share: what they answer from, how a page is answered, and under which policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

import structlog
from aiohttp import web

from agents.board.follower import Follower
from agents.board.frame import PageFrame, Within, frame_of, remember
from agents.board.pages import SCRIPT_HASH, Pages
from agents.board.years import KeptYears
from agents.web import HEADERS, Handler
from config.settings import Settings

log = structlog.get_logger()

_FORMS: Final = HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
POLICY: Final = (  # as HEADERS has it, and its own forms, style, script and pictures
    f"{_FORMS}; style-src 'unsafe-inline'; script-src 'sha256-{SCRIPT_HASH}'; connect-src 'self'; img-src data:"
)

Framed: TypeAlias = Callable[[web.Request], PageFrame]
Refused: TypeAlias = Callable[[web.Request, int, str], web.Response]  # a page that says what is refused
Missing: TypeAlias = Callable[[web.Request, str], web.Response]  # says what is not there


class Routing(NamedTuple):
    """Hold what routes answer from."""

    settings: Settings
    follower: Follower
    years: KeptYears
    pages: Pages
    framed: Framed
    missing: Missing
    within: Within = Within()


def html_answer(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Return a page as an answer."""
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


async def safely(request: web.Request, handler: Handler, refused: Refused) -> web.StreamResponse:
    """Give an answer its policy, and say in words what is refused."""
    text = frame_of(request).text
    try:
        answer = await handler(request)
    except web.HTTPMethodNotAllowed as error:
        answer = refused(request, 405, text("This board only shows"))
        answer.headers["Allow"] = error.headers["Allow"]
    except web.HTTPNotFound:
        answer = refused(request, 404, text("There is no such page"))
    except Exception:
        log.exception("a page cannot be shown", path=request.path)
        answer = refused(request, 500, text("This page cannot be shown"))
    if not answer.prepared:
        answer.headers["Content-Security-Policy"] = POLICY
        remember(request, answer)
    return answer
