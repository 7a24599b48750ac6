"""A form that was sent: whoever may decide has it done, and is answered by where to see it or by why it was not."""

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
    """Answer a form: by the address of what it did, or by the page with what was written and why it did nothing.

    `taking` does what the form asks and returns the address that tells of it, or what keeps it from being done; it may
    raise `FormError`.
    """
    fields: dict[str, str] = {}
    cookie, wait = None, None
    try:
        fields = await fields_of(request, text)
        who, cookie = door.admit(request, fields, time.time(), text)
        done = await taking(who, fields)
    except FormError as error:
        done = Draft(fields, [str(error)], 400)
    except RefusedError as error:
        done, wait = Draft(fields, [str(error)], error.status), error.wait
    if isinstance(done, str):
        answer = moved(done)
    else:
        now = who if cookie is not None else door.who(request, time.time())
        answer = form_page(await page(now, done), done.status)
    if cookie is not None:
        remember(answer, cookie, secure=request.headers.get("Origin", "").startswith("https://"))
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    return answer


def moved(address: str) -> web.Response:
    """Return the answer that leads a browser to an address."""
    return web.Response(status=303, headers={"Location": address})


def form_page(text: str, status: int = 200) -> web.Response:
    """Return a page whose forms may be sent here, with where they come from: without that, nobody could check it."""
    return html_answer(text, status, {"Referrer-Policy": "same-origin"})
