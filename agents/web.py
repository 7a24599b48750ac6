"""What all web servers of Tocsin share: how they listen, which requests they answer, how they expose metrics."""

from __future__ import annotations

import asyncio
import ipaddress
import resource
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from socket import socket
from typing import Any, Final

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder, gzip_accepted

log = structlog.get_logger()

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "tocsin",  # aiohttp would reveal its version and Python's
    "X-Content-Type-Options": "nosniff",
}
HEAD_SECONDS: Final = 10.0  # for a request to arrive, and for the next one of its connection to begin
END_SECONDS: Final = 2.0  # for requests in progress when the server ends
MOST_CONNECTIONS: Final = 256
PACKED: Final = 1  # the fastest level of gzip: metrics of many lines shrink to a twentieth
GZIP: Final = 31  # zlib's number for a window of 32 KB in gzip's format
SAY_SECONDS: Final = 60.0  # between two log lines about malformed requests

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def exposition(registry: CollectorRegistry, request: web.Request) -> web.Response:
    """Return a registry's metrics in the format that the request asks for."""
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return await packed(request, [encode(registry)], content_type)


async def packed(request: web.Request, pages: Iterable[bytes], content_type: str) -> web.Response:
    """Return an answer of concatenated pages, gzipped if the client accepts that.

    A thread takes and joins them, as they may have a hundred megabytes.
    """
    headers = {"Content-Type": content_type, "Vary": "Accept, Accept-Encoding"}
    put_together: Callable[[Iterable[bytes]], bytes] = b"".join
    if gzip_accepted(request.headers.get("Accept-Encoding", "")):
        headers["Content-Encoding"] = "gzip"
        put_together = _gzip
    return web.Response(body=await asyncio.to_thread(put_together, pages), headers=headers)


def _gzip(pages: Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(PACKED, wbits=GZIP)
    return b"".join((*map(packer.compress, pages), packer.flush()))


def application(hosts: Iterable[str]) -> web.Application:
    """Return an application that answers requests for one of `hosts`, with `HEADERS` on every answer.

    The host must be one of our names because of DNS rebinding: a stranger's page can make a browser request the
    stranger's own name after that name was pointed at this machine. Numeric addresses cannot be rebound.
    """
    names = {host.lower() for host in hosts}

    @web.middleware
    async def ours(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = request.headers.get("Host")  # absent in HTTP/1.0, which no browser uses
        if asked is None or (name := _name(asked)) in names or _is_address(name):
            return await handler(request)
        shown = name[:100]
        words = f"pas de pages sous le nom {shown!r} : voir board.hosts (no pages under this name: see board.hosts)\n"
        return web.Response(status=421, text=words)

    app = web.Application(middlewares=[ours])
    app.on_response_prepare.append(_with_headers)
    return app


async def _with_headers(_request: web.Request, answer: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        if name == "Server" or name not in answer.headers:
            answer.headers[name] = value


def _name(host: str) -> str:
    """Return the name in a `Host` header, without its port."""
    name = host[: host.rindex("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
    return name.lower().rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


@asynccontextmanager
async def beside(*every: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run coroutines while the block runs, and cancel them at its end."""
    tasks = [asyncio.create_task(each) for each in every]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def listening(app: web.Application, on: socket) -> AsyncIterator[int]:
    """Serve an application on a listening socket while the block runs; yield the port."""
    runner = web.AppRunner(app, shutdown_timeout=END_SECONDS)
    await runner.setup()
    try:
        most = _most_connections()
        door = _Door(runner.server, most)
        # The backlog is accepted at once, and needs as many descriptors again.
        server = await asyncio.get_running_loop().create_server(door.connection, sock=on, backlog=min(most, 128))
        try:
            host, port = on.getsockname()[:2]
            if not ipaddress.ip_address(host).is_loopback:
                log.warning("open to the network, with neither TLS nor login: put a proxy before it", address=host)
            yield port
        finally:
            server.close()
    finally:
        await runner.cleanup()


def _most_connections() -> int:
    """Return how many connections a server may keep: a quarter of the descriptors, as the process needs others too."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if descriptors == resource.RLIM_INFINITY else min(descriptors // 4, MOST_CONNECTIONS)


class _Door:
    """The limit on connections: if there are too many, the oldest is closed, so that a new client is answered."""

    def __init__(self, server: web.Server | None, most: int) -> None:
        assert server is not None  # the runner is set up
        self._server = server
        self._most = most

    def connection(self) -> web.RequestHandler:
        open_ones = [each.transport for each in self._server.connections if each.transport is not None]
        open_ones = [each for each in open_ones if not each.is_closing()]
        for each in open_ones[: max(0, len(open_ones) - self._most + 1)]:
            each.abort()
        loop = asyncio.get_running_loop()
        return _Connection(
            self._server,
            loop=loop,
            keepalive_timeout=HEAD_SECONDS,  # counted from the beginning of the connection
            access_log=None,  # type: ignore[arg-type]  # as AppRunner takes it
        )


class _Connection(web.RequestHandler):
    """A handler that answers malformed requests without a traceback and without revealing aiohttp's version."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if status >= 500:  # noqa: PLR2004 - our fault: log the traceback
            answer = super().handle_error(request, status, exc, message)
        else:
            _malformed.count(request.remote)
            answer = web.Response(status=status, text="this is no request\n")
            answer.force_close()
        answer.headers.update(HEADERS)
        return answer


class _Malformed:
    """A log line, once a minute, with the number of malformed requests."""

    def __init__(self) -> None:
        self._count = 0
        self._said = -SAY_SECONDS

    def count(self, client: str | None) -> None:
        self._count += 1
        if time.monotonic() - self._said >= SAY_SECONDS:
            log.warning("malformed requests", count=self._count, last_from=client)
            self._count, self._said = 0, time.monotonic()


_malformed = _Malformed()
