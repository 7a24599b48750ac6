"""A nation's board on a real broker reads all calls once; each office has its own callers and decisions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import msgspec
import pytest

from agents.kafka.client import Topic, topic
from agents.kafka.reading import records
from agents.kafka.sending import sending
from agents.kafka.topics import create_topics
from config.settings import Settings
from streams.calls.callers import FOLLOWED_BY
from tests.agents.board.deciding.visiting import Visitor
from tests.agents.board.nation import made
from tests.agents.running import Running, board, of_broker

pytestmark = pytest.mark.broker

SECRET = "cheval-juste-batterie"
ANNE, BRUNO = (f"hmac:{digit * 32}00000a7" for digit in "ab")


def visit(shown: Running, what: Callable[[Visitor], Awaitable[None]]) -> None:
    async def run() -> None:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            await what(Visitor(client, shown.port))

    asyncio.run(run())


def lost(settings: Settings, site: str, caller: str) -> None:
    call = {"type": "lost", "line": "standard", "call": caller[5:9], "at": time.time(), "wait": 20, "source": "x"}
    value = msgspec.json.encode({**call, "reason": "abandoned", "site": site, "caller": caller})
    with sending(settings) as sender:
        sender.send(topic(settings, Topic.CALL_ATTEMPTS), f"{site}/standard".encode(), value)


def test_each_office_has_its_own_callers_and_its_own_ticks(settings: Settings, tmp_path: Path) -> None:
    create_topics(settings)
    secret = tmp_path / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    decide = f'board: {{decide: {{token_file: "{secret}"}}}}\n'
    config = made.written(tmp_path, 3, decide, clock="wall")
    lost(settings, "aude", ANNE)
    lost(settings, "gard", BRUNO)
    with board(settings, TOCSIN_CONFIG=str(config), **of_broker(settings)) as shown:
        aude = shown.await_page("/sites/aude/callbacks", ANNE[FOLLOWED_BY][:10])
        gard = shown.await_page("/sites/gard/callbacks", BRUNO[FOLLOWED_BY][:10])
        assert BRUNO[FOLLOWED_BY][:10] not in aude
        assert ANNE[FOLLOWED_BY][:10] not in gard
        shown.await_page("/sites/lozere/callbacks", "Aucun appelant à rappeler")

        async def ticks(visitor: Visitor) -> None:
            page = await visitor.get("/sites/aude/callbacks")
            (tick,) = {each for each in page.text.split('"') if each.startswith(f"{ANNE[FOLLOWED_BY]} ")}
            sent = {**page.form, "called": tick, "who": "m.durand", "secret": SECRET}
            done = await visitor.send("/sites/aude/callbacks", sent)
            assert (done.status, done.headers["Location"]) == (303, "/sites/aude/callbacks"), done.words
            assert "1 a été rappelé" in (await visitor.get("/sites/aude/callbacks")).words
            assert "1 appelant à rappeler" in (await visitor.get("/sites/gard/callbacks")).words
            # The session covers every office: the form of another office asks for no secret.
            page = await visitor.get("/sites/gard/declare")
            assert 'name="secret"' not in page.text
            wish = {"line": "standard", "from": "2026-03-02T09:00", "to": "2026-03-02T10:00", "note": "un essai"}
            tried = await visitor.send("/sites/gard/declare", {**page.form, **wish})
            done = await visitor.send("/sites/gard/declare", {**tried.form, **wish})
            assert done.status == 303, done.words
            assert done.headers["Location"].startswith("/sites/gard/incidents/")

        visit(shown, ticks)
    keys = {each.key for each in records(settings, topic(settings, Topic.REVIEWS))}
    assert keys == {b"gard", b"gard/standard"}  # the head of its chain, and the declaration
    kept = (each.key or b"" for each in records(settings, topic(settings, Topic.NOTES)))
    notes = {each for each in kept if b"called-back" in each}
    assert notes == {f"aude/called-back/{ANNE[FOLLOWED_BY]}".encode()}
