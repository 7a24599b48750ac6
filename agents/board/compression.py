"""Compression of the board's texts, except pages with the secret token of a form.

The size of a compressed page that has both a secret and a text of the attacker's choice, such as an address, reveals
the secret a letter at a time (BREACH, CVE-2013-3587). A page with a token is therefore sent as it is.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web
from prometheus_client.exposition import gzip_accepted

TEXTS: Final = frozenset({"text/csv", "application/json", "text/html"})
LEAST: Final = 1_024  # bytes; a smaller text fits in one packet anyway
_TOKEN: Final = b'name="token"'


def compress(request: web.Request, answer: web.StreamResponse) -> None:
    """Gzip an answer that has not been sent yet, if it gains from that and the client accepts it."""
    if not isinstance(answer, web.Response) or answer.content_type not in TEXTS:
        return
    body = answer.body
    if not isinstance(body, bytes) or len(body) < LEAST or _TOKEN in body:
        return
    answer.headers["Vary"] = "Accept-Encoding"
    if gzip_accepted(request.headers.get("Accept-Encoding", "")):
        answer.enable_compression(web.ContentCoding.gzip)
