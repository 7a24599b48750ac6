"""Sends changes to open walls. Each part is rendered once and sent to all walls as one server-sent event.

A wall that does not read its messages is disconnected; its page then reloads by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from contextlib import asynccontextmanager
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec
import structlog
from aiohttp import web

from agents.web import beside

log = structlog.get_logger()

EVERY_SECONDS: Final = 0.5  # interval of checks for changes
ALIVE_SECONDS: Final = 5.0  # interval of messages if nothing changes
KEPT_SECONDS: Final = 60.0  # a view without readers is dropped after this time
MOST_WALLS: Final = 220  # most open walls; the server's other connections are for pages
MOST_UNSENT: Final = 20  # most messages that a wall may have pending

View = TypeVar("View", bound=Hashable)  # identifies what a wall shows, and in which language
Parts = Mapping[str, str]  # the parts of a wall in order, by element id
_ALIVE: Final = b"event: alive\ndata: \n\n"
_NO_CARDS: Final = ("trouble", "office")  # parts with a fixed place


class _Shown(NamedTuple):
    """The rendered parts, when they were rendered, and when a message was last sent (monotonic s)."""

    parts: Parts
    at: float
    sent: float


class WallStream(Generic[View]):
    """Renders each view of the wall and sends its changes to all open walls."""

    def __init__(self, render: Callable[[View], Parts]) -> None:
        self._render = render
        self._shown: dict[View, _Shown] = {}
        self._walls: defaultdict[View, dict[asyncio.Queue[bytes | None], asyncio.Transport | None]] = defaultdict(dict)

    @property
    def watched(self) -> bool:
        return any(self._walls.values())

    def parts(self, view: View) -> Parts:
        """Return a view's parts, rendered again if they are too old; send changes to the walls."""
        shown, now = self._shown.get(view, _Shown({}, -EVERY_SECONDS, 0.0)), time.monotonic()
        if now - shown.at < EVERY_SECONDS:
            return shown.parts
        parts = self._render(view)
        if list(parts.items()) != list(shown.parts.items()):
            message = _event(shown.parts, parts)
        elif now - shown.sent >= ALIVE_SECONDS:
            message = _ALIVE
        else:
            self._shown[view] = shown._replace(at=now)
            return parts
        self._shown[view] = _Shown(parts, now, now)
        self._send(view, message)
        return parts

    async def answer(
        self,
        request: web.Request,
        view: View,
        headers: Mapping[str, str],
        still: Callable[[], bool] = lambda: True,
    ) -> web.StreamResponse:
        """Send all parts, then changes, until the browser or the server closes, or `still` returns False."""
        if sum(map(len, self._walls.values())) >= MOST_WALLS:
            return web.Response(status=503, headers={"Retry-After": "60"})
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no", **headers})
        unsent: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_UNSENT)
        unsent.put_nowait(_event({}, self.parts(view)))
        walls = self._walls[view]
        walls[unsent] = request.transport
        try:
            await answer.prepare(request)
            while (message := await unsent.get()) is not None and still():
                await answer.write(message)
        except ConnectionError:
            pass  # the browser has gone
        finally:
            walls.pop(unsent, None)
        return answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Check for changes while the block runs."""
        async with beside(self._look()):
            yield

    def end(self) -> None:
        for walls in self._walls.values():
            for unsent in walls:
                while not unsent.empty():
                    unsent.get_nowait()
                unsent.put_nowait(None)

    async def _look(self) -> None:
        while True:
            now = time.monotonic()
            self._walls = defaultdict(dict, {view: walls for view, walls in self._walls.items() if walls})
            self._shown = {view: shown for view, shown in self._shown.items() if now - shown.at < KEPT_SECONDS}
            for view in list(self._walls):
                try:
                    self.parts(view)
                except Exception:  # any error: the page shows it too, and the next check may succeed
                    log.exception("the wall cannot be shown")
            await asyncio.sleep(EVERY_SECONDS)

    def _send(self, view: View, message: bytes) -> None:
        walls = self._walls[view]
        for unsent, transport in list(walls.items()):
            if not unsent.full():
                unsent.put_nowait(message)
            elif transport is not None:
                del walls[unsent]
                transport.abort()  # the pending write then fails, which ends the wall's handler


def _event(before: Parts, parts: Parts) -> bytes:
    changed = {name: part for name, part in parts.items() if before.get(name) != part}
    update = {"parts": changed, "order": [name for name in parts if name not in _NO_CARDS]}
    return b"data: " + msgspec.json.encode(update) + b"\n\n"
