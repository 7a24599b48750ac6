"""What the routes of the board's pages share: what they answer from, and how a page is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from aiohttp import web

from agents.board.follower import Follower
from agents.board.frame import PageFrame
from agents.board.pages import Pages
from agents.board.years import KeptYears
from config.settings import Settings

Framed: TypeAlias = Callable[[web.Request], PageFrame]
Missing: TypeAlias = Callable[[web.Request, str], web.Response]  # says what is not there


class Routing(NamedTuple):
    """Hold what routes answer from."""

    settings: Settings
    follower: Follower
    years: KeptYears
    pages: Pages
    framed: Framed
    missing: Missing


def html_answer(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Return a page as an answer."""
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)
