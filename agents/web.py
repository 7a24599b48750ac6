"""What all processes with pages share: how they listen, and how they show their metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import socket
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

SHUTDOWN_SECONDS: Final = 1.0


def exposition(registry: CollectorRegistry, request: web.Request) -> web.Response:
    """Return what a registry collects, in the format that the request asks for."""
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return web.Response(body=encode(registry), headers={"Content-Type": content_type})


@asynccontextmanager
async def listening(app: web.Application, on: socket) -> AsyncIterator[int]:
    """Serve an application on a listening socket while the block runs; give the port."""
    # A client that keeps its connection open must not hold up the end of the process.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.SockSite(runner, on).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
