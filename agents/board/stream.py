"""Tell open walls what changed: each part is rendered once, whoever looks, and sent to all as one server-sent event.

A wall that does not take what it is sent is let go; its page then asks by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec
import structlog
from aiohttp import web

log = structlog.get_logger()

EVERY_SECONDS: Final = 0.5  # between two looks at what changed
ALIVE_SECONDS: Final = 5.0  # between two messages to a wall where nothing changes
KEPT_SECONDS: Final = 60.0  # from then on a view that nobody looks at is forgotten
MOST_WALLS: Final = 220  # of the connections that a server holds: the rest is for pages
MOST_UNSENT: Final = 20  # messages that a wall may leave

View = TypeVar("View", bound=Hashable)  # what a wall shows, and in which language
Parts = Mapping[str, str]  # of a wall, by their ids, in their order
_ALIVE: Final = b"event: alive\ndata: \n\n"
_NO_CARDS: Final = ("trouble", "office")  # parts that stand where they stand


class _Shown(NamedTuple):
    """Hold what was rendered, and when (monotonic s) that was, and when the walls were last sent a message."""

    parts: Parts
    at: float
    sent: float


class WallStream(Generic[View]):
    """Keep the parts of each view of the wall, no older than a look, and tell all who listen."""

    def __init__(self, render: Callable[[View], Parts]) -> None:
        self._render = render
        self._shown: dict[View, _Shown] = {}
        self._walls: defaultdict[View, dict[asyncio.Queue[bytes | None], asyncio.Transport | None]] = defaultdict(dict)

    @property
    def watched(self) -> bool:
        """Tell whether anybody listens."""
        return any(self._walls.values())

    def parts(self, view: View) -> Parts:
        """Return the parts of a view; where they are rendered anew, the walls are told."""
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
        """Send all parts, and then what changes, until the browser or the server ends it, or it may `still` no more."""
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
        """Look for changes while the block runs."""
        looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking

    def end(self) -> None:
        """Let all walls go."""
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
                except Exception:  # whatever it is: the page says so too, and the next look may be better
                    log.exception("the wall cannot be shown")
            await asyncio.sleep(EVERY_SECONDS)

    def _send(self, view: View, message: bytes) -> None:
        walls = self._walls[view]
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
