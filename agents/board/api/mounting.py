"""Where the API's routes are: the description, and each office below `/api/v1/sites/ID`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from aiohttp import web

from agents.board.api.answers import ROOT, json_answer
from agents.board.api.openapi import openapi
from agents.web import Handler

SITE: Final = f"{ROOT}/sites/{{site}}"


def mounted(routes: Iterable[web.RouteDef], of_site: Callable[[str, Handler], Handler]) -> list[web.RouteDef]:
    """Return an office's routes below its address; `of_site` makes their handlers from path and handler."""
    return [web.get(f"{SITE}{each.path}", of_site(each.path, each.handler)) for each in routes]


async def described(_request: web.Request) -> web.Response:
    """Answer with the description of the API."""
    return json_answer(_description())


_description: Final = cache(openapi)
