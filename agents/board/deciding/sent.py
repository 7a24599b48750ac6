"""A submitted form: check its sender, do what it asks, and redirect or show the reason of a failure."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from agents.board.deciding.door import Door, RefusedError, Who, remember
from agents.board.deciding.forms import FormError, fields_of
from agents.board.deciding.showing import Draft
from agents.board.routing import html_answer
from agents.translation import Words


async def sent(
    door: Door,
    request: web.Request,
    text: Words,
    page: Callable[[Who | None, Draft], Awaitable[str]],
    taking: Callable[[Who, Mapping[str, str]], Awaitable[Draft | str]],
) -> web.Response:
    """Handle a sent form: redirect to its result, or show the page again with the sent text and why it failed.

    `taking` does what the form asks and returns the address of the result, or the page to show. It may raise
    `FormError`.
    """
    fields: dict[str, str] = {}
    opened, wait = None, None
    try:
        fields = await fields_of(request, text)
        who, opened = door.admit(request, fields, time.time(), text)
        done = await taking(who, fields)
    except FormError as error:
        done = Draft(fields, [str(error)], 400)
    except RefusedError as error:
        done, wait = Draft(fields, [str(error)], error.status), error.wait
    if isinstance(done, str):
        answer = moved(done)
    else:
        now = who if opened is not None else door.who(request, time.time())
        answer = form_page(await page(now, done), done.status)
    if opened is not None and who.session is not None:
        remember(answer, opened, who.session)
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    return answer


def moved(address: str) -> web.Response:
    """Return a redirect (303) to an address."""
    return web.Response(status=303, headers={"Location": address})


def form_page(text: str, status: int = 200) -> web.Response:
    """Return a page with forms; its referrer policy lets the browser send the origin, which the board checks."""
    return html_answer(text, status, {"Referrer-Policy": "same-origin"})
