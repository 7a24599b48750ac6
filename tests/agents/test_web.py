"""A server answers new requests despite slow or hostile clients, and only under its own host name."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from typing import Any

import pytest
import structlog
from aiohttp import ClientSession, web

from agents import web as module
from agents.ports import listener
from agents.web import HEADERS, application, listening
from agents.worker.ownership import Ownership
from agents.worker.pages import worker_pages
from tests.agents.scraping import Worker
from tests.waiting import FOR_EVER, PATIENCE

HOST = "127.0.0.1"
HALF = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
# 400 connections that never finish their request, and 100 that never read the answer, on 200 descriptors.
BESIEGED = f"""
import asyncio, resource, sys
from agents import web
from tests.agents.test_web import pages
from agents.ports import listener
from agents.web import listening

async def main():
    async with listening(pages(), listener("127.0.0.1", 0)) as port:
        print(port, flush=True)
        await asyncio.to_thread(sys.stdin.read)

web.HEAD_SECONDS = {FOR_EVER}  # none goes by itself
resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
asyncio.run(main())
"""


def pages() -> web.Application:
    app = application(["localhost", "tocsin.example"])

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def large(_request: web.Request) -> web.Response:
        return web.Response(body=bytes(5_000_000))

    async def broken(_request: web.Request) -> web.Response:
        raise ZeroDivisionError

    app.add_routes([web.get("/healthz", healthz), web.get("/large", large), web.get("/broken", broken)])
    return app


async def asked(port: int, raw: bytes) -> str:
    """Return a server's answer to these bytes, until it closes the connection."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(raw)
        async with asyncio.timeout(PATIENCE):
            return (await reader.read()).decode()
    finally:
        writer.close()


def request(host: str | None = HOST, path: str = "/healthz") -> bytes:
    if host is None:
        return f"GET {path} HTTP/1.0\r\n\r\n".encode()
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


def served(raw: bytes, app: web.Application | None = None) -> str:
    async def ask() -> str:
        async with listening(app or pages(), listener(HOST, 0)) as port:
            return await asked(port, raw)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "host",
    [HOST, f"{HOST}:6066", "[::1]:6066", "10.1.2.3", "localhost:1", "TOCSIN.example", "tocsin.example.:80", None],
)
def test_a_page_is_given_under_its_own_names_and_addresses(host: str | None) -> None:
    assert " 200 OK" in served(request(host))


@pytest.mark.parametrize("host", ["evil.example", "tocsin.example.evil", "127.0.0.1.evil.example", "x[::1]", ""])
def test_a_page_is_refused_under_a_strangers_name(host: str) -> None:
    answer = served(request(host))
    assert " 421 " in answer.partition("\r\n")[0]
    assert "board.hosts" in answer


@pytest.mark.parametrize("raw", [request(), request(path="/nowhere"), request("evil.example"), b"\x16\x03\x01\r\n\r\n"])
def test_every_answer_has_the_headers_and_no_version(raw: bytes) -> None:
    head = served(raw).partition("\r\n\r\n")[0]
    assert {f"{name}: {value}" for name, value in HEADERS.items()} <= set(head.split("\r\n"))
    assert "aiohttp" not in head.lower()
    assert "python" not in head.lower()


def test_a_workers_pages_stand_behind_the_same_door() -> None:

    def ask(host: str) -> str:
        return served(request(host, "/metrics"), metrics_pages())

    assert " 421 " in ask("evil.example")
    answer = ask("localhost")
    assert " 200 OK" in answer
    assert {f"{name}: {value}" for name, value in HEADERS.items()} <= set(answer.split("\r\n"))


def test_metrics_are_packed_for_who_takes_that() -> None:
    async def ask(pages: web.Application, packing: str) -> tuple[str | None, list[str]]:
        async with listening(pages, listener(HOST, 0)) as port, ClientSession() as client:
            asked = client.get(f"http://{HOST}:{port}/metrics", headers={"Accept-Encoding": packing})
            async with asked as answer:
                lines = (await answer.text()).split("\n")
                return answer.headers.get("Content-Encoding"), [line for line in lines if "_age_" not in line]

    plain = asyncio.run(ask(metrics_pages(), "identity"))
    assert plain[0] is None
    assert 'tocsin_calls_offered_total{line="standard",site="lozere"} 0.0' in plain[1]
    assert asyncio.run(ask(metrics_pages(), "gzip, deflate")) == ("gzip", plain[1])


def metrics_pages() -> web.Application:
    nothing: Any = None  # `/metrics` asks for no more than this
    return worker_pages(["localhost"], Worker().figures, *[*[nothing] * 4, Ownership(nothing, {}), nothing])


def test_malformed_requests_are_one_line_a_minute_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "_malformed", module._Malformed())

    async def nine() -> list[str]:
        wrong = [b"GET / HTTP/9.9\r\n\r\n", b"\x00\x01\r\n\r\n", b"GET / HTTP/1.1\r\nA : b\r\n\r\n"] * 3
        async with listening(pages(), listener(HOST, 0)) as port:
            return [await asked(port, raw) for raw in wrong]

    with structlog.testing.capture_logs() as said:
        answers = asyncio.run(nine())
    assert [each.split()[1] for each in answers] == ["400"] * 9
    assert said == [{"log_level": "warning", "event": "malformed requests", "count": 1, "last_from": HOST}]
    assert not caplog.records


def test_a_fault_of_ours_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    assert " 500 " in served(request(path="/broken"))
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("raw", [b"", HALF, request().replace(b"Connection: close\r\n", b"") + HALF])
def test_a_request_that_does_not_arrive_whole_is_ended(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(module, "HEAD_SECONDS", 0.5)
    began = time.monotonic()
    served(raw)  # otherwise for ever
    assert time.monotonic() - began > 0.4


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)])
def test_a_server_that_is_open_to_the_network_says_so(host: str, *, warned: bool) -> None:
    async def open_and_close() -> None:
        async with listening(pages(), listener(host, 0)):
            pass

    with structlog.testing.capture_logs() as said:
        asyncio.run(open_and_close())
    assert ["put a proxy before it" in each["event"] for each in said] == [True] * warned


@pytest.mark.parametrize(("limit", "most"), [(200, 50), (1024, 256), (1 << 20, 256), (resource.RLIM_INFINITY, 256)])
def test_a_server_holds_a_quarter_of_its_descriptors(monkeypatch: pytest.MonkeyPatch, limit: int, most: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (limit, limit))
    assert module._most_connections() == most


@pytest.mark.slow
def test_a_probe_gets_through_while_others_hold_connections_and_read_nothing() -> None:
    async def siege(port: int) -> None:
        writers = []
        for number in range(500):
            _, writer = await asyncio.open_connection(HOST, port)
            writer.write(HALF if number % 5 else request(path="/large"))
            writers.append(writer)
            if number % 50 == 49:
                assert (await asked(port, request())).endswith("ok")
        for writer in writers:
            writer.transport.abort()

    process = subprocess.Popen(
        [sys.executable, "-c", BESIEGED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        asyncio.run(siege(int(process.stdout.readline())))
        _, said = process.communicate(b"")
    assert said == b""
