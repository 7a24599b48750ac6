"""The callback list of a real board follows new calls, lets people tick callers off and shows no number in clear."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from agents.callbacks.reading import CallbackReading, read_callbacks
from agents.history.ticks import tick
from agents.kafka.client import Topic, topic
from agents.kafka.reading import TopicReader, latest
from agents.kafka.sending import sending
from agents.kafka.topics import create_topics
from config.settings import Settings
from streams.calls.callers import FOLLOWED_BY
from tests.agents.board.deciding.visiting import Visitor
from tests.agents.callbacks.office import ANNE, BRUNO, CLAIRE, OFFICE, Office, answered, nothing_in_clear, suspect, told
from tests.agents.running import Running, board
from tests.waiting import until

pytestmark = pytest.mark.broker

SECRET = "cheval-juste-batterie"


def visit(shown: Running, what: Callable[[Visitor], Awaitable[None]]) -> None:
    async def run() -> None:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            await what(Visitor(client, shown.port))

    asyncio.run(run())


def test_a_topic_that_is_begun_at_a_moment_misses_nothing_that_is_written_from_then_on(settings: Settings) -> None:
    create_topics(settings)
    name = topic(settings, Topic.CALL_ATTEMPTS)

    def write(*values: bytes) -> None:
        with sending(settings) as sender:
            for value in values:
                sender.send(name, b"lozere/accueil", value)

    write(b"before")
    time.sleep(0.1)
    moment = round(time.time() * 1000)
    time.sleep(0.1)
    write(b"since", b"since then")
    for begins, wanted in ((moment, [b"since", b"since then", b"after"]), (moment + 3_600_000, [b"after"])):
        with closing(TopicReader(settings, name)) as reader:
            reader.begin_at(name, begins)
            write(b"after")
            found = [record.value for record in reader.up_to(reader.ends())]
        assert found[-len(wanted) :] == wanted
        assert begins != moment or b"before" not in found


def test_calls_that_come_and_ticks_of_persons_take_callers_off_the_list(settings: Settings, tmp_path: Path) -> None:
    office = told(Office(tmp_path, settings))
    secret = tmp_path / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    (tmp_path / "office.yaml").write_text(f"{OFFICE}board: {{decide: {{token_file: {secret}}}}}\n", encoding="utf-8")
    anne, claire = read_callbacks(office.settings).list.callers
    tick(office.settings, "hmac:00112233445566778899", round(time.time() - 172_800) * 1000)  # of a day that is over
    notes = CallbackReading(office.settings).topics[1]
    with board(settings, **office.environment) as shown:
        shown.await_page("/callbacks", "2 appelants à rappeler", anne.caller[FOLLOWED_BY][:10])

        async def ticks(visitor: Visitor) -> None:
            page = await visitor.get("/callbacks")
            sent = {**page.form, "called": f"{claire.caller[FOLLOWED_BY]} {claire.last}"}
            done = await visitor.send("/callbacks", {**sent, "who": "m.durand", "secret": SECRET})
            assert (done.status, done.headers["Location"]) == (303, "/callbacks"), done.words
            page = await visitor.get("/callbacks")
            assert "1 appelant à rappeler" in page.words
            assert "1 a été rappelé" in page.words
            back = {**page.form, "back": f"{claire.caller[FOLLOWED_BY]} {claire.last}"}
            assert (await visitor.send("/callbacks", back)).status == 303
            assert "2 appelants à rappeler" in (await visitor.get("/callbacks")).words
            assert (await visitor.send("/callbacks", sent | {"token": page.form["token"]})).status == 303

        visit(shown, ticks)
        # After the loss, which the log rounds to whole seconds.
        rows = answered(max(time.time(), anne.last / 1000 + 1), "7.1", ANNE, "accueil")
        office.log.write_text(f"{office.log.read_text()}{chr(10).join(rows)}\n")
        office.run("ingest", "queue-log", str(office.log))
        page = shown.await_page("/callbacks", "Aucun appelant à rappeler")
        assert not any(number[1:] in page + shown.words() for number in (ANNE, BRUNO, CLAIRE))
        until(lambda: len(latest(office.settings, notes)) == 1, lambda: "the tick of a day that is over is there still")
    (kept,) = latest(office.settings, notes)
    assert kept.key == f"lozere/called-back/{claire.caller[FOLLOWED_BY]}".encode()
    assert nothing_in_clear(office)


def test_an_incident_that_comes_takes_back_who_its_line_lost(settings: Settings, tmp_path: Path) -> None:
    office = told(Office(tmp_path, settings))
    _, claire = read_callbacks(office.settings).list.callers
    with board(settings, **office.environment) as shown:
        shown.await_page("/callbacks", "2 appelants à rappeler")
        suspect(office, "cartes")
        page = shown.await_page("/callbacks", "1 appelant à rappeler", "1 appelant compté perdu, douteux")
        doubtful = page[page.index("douteux") :]
        assert claire.caller[FOLLOWED_BY][:10] in doubtful
        assert "comptage suspect" in doubtful
