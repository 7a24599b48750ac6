"""Open walls soon receive exactly the changes, and a client that does not read is disconnected."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from agents import web
from agents.board import stream
from agents.board.follower import Follower
from agents.board.server import Board
from agents.ports import listener
from agents.web import listening
from tests.agents.board import morning
from tests.agents.board.known import follower
from tests.waiting import FOR_EVER, PATIENCE

HOST = "127.0.0.1"


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Follower, aiohttp.ClientSession]]:
    told = follower(morning.morning(), time.time() + 600, morning.SETTINGS)
    app, every = Board(morning.SETTINGS, told).app(), aiohttp.TCPConnector(limit=0)
    async with (
        listening(app, listener(HOST, 0)) as port,
        aiohttp.ClientSession(f"http://{HOST}:{port}", connector=every) as client,
    ):
        yield told, client


async def heard(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """Return the next event that updates parts of the page."""
    while True:
        row = await answer.content.readline()
        assert row, "the stream goes on"
        if row.startswith(b"data: {"):
            found: dict[str, Any] = json.loads(row[6:])
            return found


async def _two_events() -> list[dict[str, Any]]:
    async with served() as (told, client), client.get("/events?lang=en") as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        assert "Content-Security-Policy" in answer.headers
        first = await heard(answer)
        told.known = morning.later(told.known)
        return [first, await heard(answer)]


@pytest.mark.slow
def test_a_wall_is_sent_all_parts_once_and_then_those_that_changed() -> None:
    first, second = asyncio.run(_two_events())
    assert set(first["parts"]) == {"trouble", "office", *first["order"]}
    assert first["order"][:2] == ["line-etrangers", "line-circulation"]
    assert set(second["parts"]) == {"office", "line-etrangers"}
    assert "16 lost of 80" in second["parts"]["line-etrangers"]
    assert second["order"] != first["order"], "it is no longer the most troubled"


async def _two_hundred() -> None:
    async with asyncio.timeout(PATIENCE), served() as (told, client):
        answers = await asyncio.gather(*(client.get(f"/events?lang={('fr', 'en')[n % 2]}") for n in range(200)))
        await asyncio.gather(*map(heard, answers))
        told.known = morning.later(told.known)
        news = await asyncio.gather(*map(heard, answers))
        assert all("line-etrangers" in each["parts"] for each in news)
        async with client.get("/") as page:
            assert page.status == 200
        for each in answers:
            each.close()


@pytest.mark.slow
def test_two_hundred_open_walls_hear_a_change_that_is_written_once_for_each_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = []

    def writing(before: stream.Parts, parts: stream.Parts) -> bytes:
        if before and before["line-etrangers"] != parts["line-etrangers"]:
            written.append(parts)
        return event(before, parts)

    event = stream._event
    monkeypatch.setattr(stream, "_event", writing)
    asyncio.run(_two_hundred())
    assert len(written) == 2


async def _too_many(most: int) -> list[int]:
    async with served() as (_, client):
        answers = [await client.get("/events") for _ in range(most + 1)]
        for each in answers:
            each.close()
        return [each.status for each in answers]


def test_walls_beyond_the_most_are_refused_and_ask_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_WALLS", 2)
    assert asyncio.run(_too_many(2)) == [200, 200, 503]


async def _ending() -> None:
    app = Board(morning.SETTINGS, follower(morning.morning(), time.time() + 600, morning.SETTINGS)).app()
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as client:
        async with listening(app, listener(HOST, 0)) as port:
            answer = await client.get(f"http://{HOST}:{port}/events")
            await heard(answer)
        await answer.content.read()  # ended normally: it was not cut


def test_the_server_ends_though_walls_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "END_SECONDS", FOR_EVER)  # for a task that does not end by itself
    asyncio.run(_ending())


async def _quiet(monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(stream, "ALIVE_SECONDS", 0.1)
    async with served() as (_, client), client.get("/events") as answer:
        await heard(answer)
        return await answer.content.readuntil(b"event: alive\ndata: \n\n")


@pytest.mark.slow
def test_a_wall_hears_that_the_board_is_alive_where_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asyncio.run(_quiet(monkeypatch)).endswith(b"event: alive\ndata: \n\n")
