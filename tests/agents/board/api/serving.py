"""An application on a port of its own, served by a thread while the test's own thread asks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

from aiohttp import web

from agents.ports import listener
from agents.web import listening
from tests.waiting import PATIENCE

HOST = "127.0.0.1"


@contextmanager
def served(app: web.Application) -> Iterator[str]:
    """Serve an application while the block runs; yield its origin."""
    begun: Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Queue()

    async def serve() -> None:
        ended = asyncio.Event()
        async with listening(app, listener(HOST, 0)) as port:
            begun.put((asyncio.get_running_loop(), ended, port))
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    loop, ended, port = begun.get(timeout=PATIENCE)
    try:
        yield f"http://{HOST}:{port}"
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
