"""Tell open walls what changed: each part is rendered once, whoever looks, and sent to all as one server-sent event.

A wall that does not take what it is sent is let go; its page then asks by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Final, NamedTuple

import msgspec
import structlog
from aiohttp import web

from agents.language import Language

log = structlog.get_logger()

EVERY_SECONDS: Final = 0.5  # between two looks at what changed
ALIVE_SECONDS: Final = 5.0  # between two messages to a wall where nothing changes
MOST_WALLS: Final = 220  # of the connections that a server holds: the rest is for pages
MOST_UNSENT: Final = 20  # messages that a wall may leave

Parts = Mapping[str, str]  # of a wall, by their ids, in their order
_ALIVE: Final = b"event: alive\ndata: \n\n"
_NO_CARDS: Final = ("trouble", "office")  # parts that stand where they stand


class _Shown(NamedTuple):
    """Hold what was rendered, and when (monotonic s) that was, and when the walls were last sent a message."""

    parts: Parts
    at: float
    sent: float


class WallStream:
    """Keep the parts of the wall in each language, no older than a look, and tell all who listen."""

    def __init__(self, render: Callable[[Language], Parts]) -> None:
        self._render = render
        self._shown: dict[Language, _Shown] = {}
        self._walls: defaultdict[Language, dict[asyncio.Queue[bytes | None], asyncio.Transport | None]] = defaultdict(
            dict
        )

    def parts(self, language: Language) -> Parts:
        """Return the parts in a language; where they are rendered anew, the walls are told."""
        shown, now = self._shown.get(language, _Shown({}, -EVERY_SECONDS, 0.0)), time.monotonic()
        if now - shown.at < EVERY_SECONDS:
            return shown.parts
        parts = self._render(language)
        if list(parts.items()) != list(shown.parts.items()):
            message = _event(shown.parts, parts)
        elif now - shown.sent >= ALIVE_SECONDS:
            message = _ALIVE
        else:
            self._shown[language] = shown._replace(at=now)
            return parts
        self._shown[language] = _Shown(parts, now, now)
        self._send(language, message)
        return parts

    async def answer(self, request: web.Request, language: Language, headers: Mapping[str, str]) -> web.StreamResponse:
        """Send all parts, and then what changes, until the browser or the server ends it."""
        if sum(map(len, self._walls.values())) >= MOST_WALLS:
            return web.Response(status=503, headers={"Retry-After": "60"})
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no", **headers})
        unsent: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_UNSENT)
        unsent.put_nowait(_event({}, self.parts(language)))
        walls = self._walls[language]
        walls[unsent] = request.transport
        try:
            await answer.prepare(request)
            while (message := await unsent.get()) is not None:
                await answer.write(message)
        except ConnectionError:
            pass  # the browser has gone
        finally:
            walls.pop(unsent, None)
        return answer

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Look for changes while the application runs."""
        looking = asyncio.create_task(self._look())
        yield
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    async def end(self, _app: web.Application) -> None:
        """Let all walls go, as the server ends."""
        for walls in self._walls.values():
            for unsent in walls:
                while not unsent.empty():
                    unsent.get_nowait()
                unsent.put_nowait(None)

    async def _look(self) -> None:
        while True:
            for language in [language for language, walls in self._walls.items() if walls]:
                try:
                    self.parts(language)
                except Exception:  # whatever it is: the page says so too, and the next look may be better
                    log.exception("the wall cannot be shown")
            await asyncio.sleep(EVERY_SECONDS)

    def _send(self, language: Language, message: bytes) -> None:
        walls = self._walls[language]
        for unsent, transport in list(walls.items()):
            if not unsent.full():
                unsent.put_nowait(message)
            elif transport is not None:
                del walls[unsent]
                transport.abort()  # what it waits for fails, and its handler ends


def _event(before: Parts, parts: Parts) -> bytes:
    changed = {name: part for name, part in parts.items() if before.get(name) != part}
    told = {"parts": changed, "order": [name for name in parts if name not in _NO_CARDS]}
    return b"data: " + msgspec.json.encode(told) + b"\n\n"
