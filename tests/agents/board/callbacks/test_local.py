"""The page of the exchange's machine: a real process with log and key, a broker, and a client of HTTP."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.ports import free_port
from config.settings import Settings
from tests.agents.board.deciding.visiting import HOST, Seen, Visitor
from tests.agents.callbacks.office import ANNE, BRUNO, CLAIRE, Office, lost, nothing_in_clear, told
from tests.waiting import PATIENCE

DORA = "0466496004"


class Serving:
    """A running `tocsin callbacks --reveal --web`."""

    def __init__(self, office: Office) -> None:
        self.port = free_port(HOST)
        words = ["callbacks", "--reveal", "queue-log", str(office.log), "--web", "--web-port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "agents", *words, "--lang", "en"],
            env={**os.environ, **office.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        found = re.search(rf"http://{HOST}:{self.port}(/\?key=\S+) in a browser", self.line)
        assert found is not None, self.line
        self.entrance = found[1]

    def ended(self) -> str:
        """Interrupt the process as Ctrl-C does, and return its output."""
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, said
        return self.line + said


@pytest.fixture
def office(tmp_path: Path, settings: Settings) -> Office:
    return told(Office(tmp_path, settings))


@pytest.fixture
def serving(office: Office) -> Iterator[Serving]:
    found = Serving(office)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.wait()


@pytest.mark.broker
def test_an_agent_rings_back_from_the_page_and_ticks_off_and_no_number_goes_elsewhere(
    office: Office, serving: Serving
) -> None:
    async def rings() -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as client:
            visitor = Visitor(client, serving.port)

            async def shown(*words: str) -> Seen:
                deadline, page = time.monotonic() + PATIENCE, await visitor.get("/callbacks")
                while not all(each in page.text for each in words):
                    assert time.monotonic() < deadline, page.words
                    await asyncio.sleep(0.2)
                    page = await visitor.get("/callbacks")
                return page

            for path in ("/", "/callbacks", "/?key=falsch", "/accessibility"):
                refused = await visitor.get(path)
                assert (refused.status, "Ouvrez l'adresse" in refused.words) == (403, True), path
                assert "Incidents" not in refused.words, "it has no other pages"
            assert (await visitor.get(serving.entrance, Host="exchange.example")).status == 421
            assert len(jar) == 0, "no key was given"
            assert (await visitor.get(serving.entrance)).status == 200

            page = await shown(f'href="tel:{CLAIRE}"', f'href="tel:+33{ANNE[1:]}"')
            assert re.search(rf"Cartes grises40 s1{CLAIRE}", page.words)
            assert re.search(rf"Cartes grises9 s2\+33{ANNE[1:]}", page.words)
            assert BRUNO not in page.text, "he was reached"
            assert "Content-Encoding" not in page.headers

            ticks = dict(re.findall(r'name="called" value="([^"]+)" aria-label="Rappelé, ([^"]+)"', page.text))
            tick = next(each for each, number in ticks.items() if number == CLAIRE)
            forged = await visitor.send("/callbacks", {**page.form, "called": tick}, Origin="http://elsewhere.example")
            assert forged.status == 403
            done = await visitor.send("/callbacks", {**page.form, "called": tick})
            assert (done.status, done.headers["Location"]) == (303, "/callbacks"), done.words
            assert "1 a été rappelé" in (await visitor.get("/callbacks")).words
            assert "1 caller is to be called back, 1 was called back" in office.run("callbacks").stdout

            with office.log.open("a") as log:
                log.write("\n".join(lost(time.time(), "2.1", DORA)) + "\n")
            office.run("ingest", "queue-log", str(office.log))
            await shown(f'href="tel:{DORA}"')

    asyncio.run(rings())
    said = serving.ended()
    assert "ended by SIGINT; no number was stored" in said
    assert not any(number[1:] in said for number in (ANNE, BRUNO, CLAIRE, DORA))
    assert nothing_in_clear(office)


@pytest.mark.parametrize(
    "words",
    [
        ["--reveal", "queue-log", "LOG", "--web", "--web-host", "0.0.0.0"],
        ["--reveal", "queue-log", "LOG", "--web", "--web-host", "192.0.2.1"],
        ["--reveal", "queue-log", "LOG", "--web", "--web-host", "localhost.example"],
        ["--reveal", "queue-log", "LOG", "--web", "--json"],
        ["--reveal", "queue-log", "-", "--web"],
        ["--web"],
    ],
)
def test_what_would_show_numbers_elsewhere_is_refused(words: list[str], tmp_path: Path) -> None:
    (log := tmp_path / "queue_log").write_text("")
    state = {"TOCSIN_STATE_DIR": str(tmp_path), "TOCSIN_PSEUDONYM_KEY": "a key of the tests only"}
    done = CliRunner().invoke(
        app, ["callbacks", *(str(log) if each == "LOG" else each for each in words), "--lang", "en"], env=state
    )
    assert done.exit_code == 2, done.output
    assert "expect" in done.output
