"""What all answers of the API share: refusals as JSON, tags for caches, and the check of a token."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import ETag, hdrs, web

from agents.translation import Words

if TYPE_CHECKING:
    from agents.board.routing import Answers

ROOT: Final = "/api/v1"
OPEN: Final = f"{ROOT}/openapi.json"  # the description has no figure
_PHRASES: Final = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}


def of_api(request: web.BaseRequest) -> bool:
    """Return whether a request is for the API."""
    return request.path == ROOT or request.path.startswith(f"{ROOT}/")


def json_answer(document: Any) -> web.Response:  # noqa: ANN401 -- plain data or structs
    return web.Response(body=msgspec.json.encode(document), content_type="application/json", charset="utf-8")


def problem(status: int, said: str) -> web.Response:
    """Return the reason of a refusal (RFC 9457)."""
    told = {"type": "about:blank", "title": _PHRASES.get(status, str(status)), "status": status, "detail": said}
    return web.Response(body=msgspec.json.encode(told), status=status, content_type="application/problem+json")


def not_admitted(
    answers: Answers[Any], request: web.Request, text: Words, seen: frozenset[str] | None, *, every: bool
) -> web.Response | None:
    """Return the refusal of a sender who may see only the `seen` offices, or None if the request is admitted.

    `seen` is None if the sender is unknown. Unless the sender sees `every` office, an office that does not exist is
    refused like one that may not be seen, so that names cannot be guessed.
    """
    if request.path == OPEN:
        return None
    if seen is None:
        said = text("This needs a token: Authorization: Bearer TOKEN")
        return answers.refused(request, 401, said, {"WWW-Authenticate": 'Bearer realm="tocsin"'})
    site = request.match_info.get("site")
    if not seen or (site is not None and site not in seen and not every):
        return answers.refused(request, 403, text("You do not have the right to see this page."))
    return None


def tagged(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Return an answer with a tag of its content, or 304 if the client has that content already."""
    answer.headers.popall(hdrs.CONTENT_DISPOSITION, None)  # programs save no file
    if not isinstance(answer, web.Response) or answer.status != 200 or not isinstance(answer.body, bytes):  # noqa: PLR2004
        return answer
    tag = ETag(sha256(answer.body).hexdigest()[:32], is_weak=True)  # weak: it may be sent compressed
    known = request.if_none_match or ()
    if any(each.value in {tag.value, "*"} for each in known):
        answer = web.Response(status=304)
    answer.etag = tag
    answer.headers[hdrs.CACHE_CONTROL] = "private, no-cache"
    return answer
