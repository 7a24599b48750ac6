"""A decision sent from the page reaches the log, is applied by a worker, and changes the year's figure."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.history.ledger import read_history
from agents.kafka.broker import embedded_broker
from agents.kafka.client import Topic, topic
from agents.kafka.topics import create_topics
from agents.ports import free_port
from config.settings import Kafka, Settings
from streams.events import Decision
from tests.agents.board.deciding.visiting import Seen, Visitor
from tests.agents.board.test_board import OFFICE, send
from tests.agents.reading import values
from tests.agents.running import HOST, Running, board, board_of, of_broker, worker
from tests.waiting import FOR_EVER, PATIENCE, until

pytestmark = pytest.mark.broker

SECRET = "cheval-juste-batterie"

# A board that tries for an hour to reach a broker.
TRYING = f"from agents import cli; from agents.kafka import client; client.START_MS = {1000 * FOR_EVER}; cli.main()"


@pytest.fixture
def config(tmp_path: Path) -> str:
    secret, file = tmp_path / "secret", tmp_path / "office.yaml"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    file.write_text(f"{OFFICE}board: {{decide: {{token_file: {secret}}}}}\n", encoding="utf-8")
    return str(file)


@asynccontextmanager
async def visitor(shown: Running) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        yield Visitor(client, shown.port)


def visit(shown: Running, what: Callable[[Visitor], Awaitable[None]]) -> None:
    async def run() -> None:
        async with visitor(shown) as who:
            await what(who)

    asyncio.run(run())


def opened(settings: Settings, shown: Running) -> str:
    shown.await_page("/incidents", "À examiner")
    (name,) = read_history(settings).incidents.of()
    return f"/incidents/{name}"


def decisions(settings: Settings) -> list[str]:
    """Return the logged decisions with their authors."""
    told = [json.loads(each) for each in values(settings, topic(settings, Topic.REVIEWS))]
    return [f"{each['by']} {each['decision']}" for each in told if "decision" in each]


def taken_by(settings: Settings) -> list[str]:
    """Return who is dealing with the incidents, as the worker published them."""
    return [each["taken"]["by"] for each in read_history(settings).incidents.of().values() if "taken" in each]


async def eventually(visitor: Visitor, path: str, *words: str) -> Seen:
    deadline = time.monotonic() + PATIENCE
    while True:
        page = await visitor.get(path)
        if all(each in page.words for each in words):
            return page
        assert time.monotonic() < deadline, page.words
        await asyncio.sleep(0.2)


@contextmanager
def counted(settings: Settings, config: str) -> Iterator[tuple[Running, str]]:
    """Run a worker and a board until the year's figures are shown; give the board and its incident's address."""
    create_topics(settings)
    count = send(settings)
    with worker(settings, TOCSIN_CONFIG=config) as running, board(settings, TOCSIN_CONFIG=config) as shown:
        running.await_events(count)
        path = opened(settings, shown)
        shown.await_page("/metrics", 'value="corrected",year="2018"')
        yield shown, path


def of(form: dict[str, str], **more: str) -> dict[str, str]:
    return {**form, "decision": "dismiss", "note": "un essai", "who": "m.durand", "secret": SECRET, **more}


def test_a_decision_shows_and_moves_the_year(settings: Settings, config: str) -> None:
    with counted(settings, config) as (shown, path):
        assert corrected(shown) < raw(shown)

        async def decide(first: Visitor) -> None:
            form = of((await first.get(path)).form)
            answers = await asyncio.gather(first.send(path, form), first.send(path, form))
            assert sorted(each.status for each in answers) in ([303, 303], [303, 403]), "pressed twice"
            assert (answers[0].headers.get("Location") or answers[1].headers["Location"]) == path
            page = await eventually(first, path, "Écarté", "m.durand : écarte — un essai")
            assert (
                await first.send(path, page.form | {"decision": "confirm", "note": "non", "state": form["state"]})
            ).status == 409
            async with visitor(shown) as second:
                late = await second.send(
                    path, of({**(await second.get(path)).form, "state": form["state"]}, who="s.martin")
                )
                assert late.status == 409
                assert "m.durand a décidé entre-temps" in late.words
                assert late.form["note"] == "un essai"
            again = await first.send(path, of((await first.get(path)).form, decision="reopen", note=""))
            assert again.status == 303
            await eventually(first, path, "À examiner", "revient sur la décision")
            figure, page = corrected(shown), await first.get(path)
            assert (await first.send(path, page.form | {"decision": "take", "note": "dropped"})).status == 303
            page = await eventually(first, path, "À examiner", "m.durand s'en occupe depuis le")
            assert "Je m'en occupe" not in page.words, "offered to others only"
            await asyncio.to_thread(until, lambda: taken_by(settings) == ["m.durand"])
            assert corrected(shown) == figure

        visit(shown, decide)
        assert decisions(settings) == ["m.durand dismiss", "m.durand reopen", "m.durand take"]
        history = read_history(settings)
        assert len(history.publications.chain("lozere").links) == 4, "the opening and three decisions"
        assert list(history.breaches("lozere")) == []


TURNS: Final[tuple[tuple[Decision, str, str], ...]] = (
    ("confirm", "Confirmé", "m.durand : confirme"),
    ("dismiss", "Écarté", "m.durand : écarte"),
    ("reopen", "À examiner", "m.durand : revient sur la décision"),
    ("confirm", "Confirmé", "m.durand : confirme"),
)


def test_what_a_decision_does_to_the_year_is_the_same_on_every_surface_however_often_it_is_taken(
    settings: Settings, config: str
) -> None:
    with counted(settings, config) as (shown, path):
        recounted, as_counted = corrected(shown), raw(shown)
        assert recounted < as_counted
        corrected_to = f"{percent(as_counted)} → {percent(recounted)}"
        dismissed = f"{percent(as_counted)} valeur brute (sans l'avis de la personne : {percent(recounted)})"
        believed = dict.fromkeys(("confirm", "reopen"), corrected_to) | {"dismiss": dismissed}
        reason = "écartée par m.durand le"
        promises = {"confirm": percent(recounted), "dismiss": percent(as_counted), "reopen": percent(recounted)}

        async def decide(first: Visitor) -> None:
            for number, (decision, standing, says) in enumerate(TURNS):
                page = await first.get(path)
                promised = {each: promises[each] for each in promised_by(page)}
                assert promised_by(page) == promised
                assert len(promised) == 2
                done = await first.send(path, of(page.form, decision=decision, note=f"{number}"))
                assert done.status == 303
                page = await eventually(first, path, standing, f"{says} — {number}", believed[decision])
                assert (corrected_to in page.words) == (decision != "dismiss")
                listed = await eventually(first, "/incidents", standing, believed[decision].partition(" valeur")[0])
                assert (corrected_to in listed.words) == (decision != "dismiss")
                year = await eventually(first, "/years/2018", promises[decision])
                assert (reason in year.words) == (decision == "dismiss")
                assert (f"Motif : « {number} »" in year.words) == (decision == "dismiss")
                await asyncio.to_thread(until, lambda: percent(corrected(shown)) == promises[decision])  # noqa: B023

        visit(shown, decide)
        said = CliRunner(env={"TOCSIN_CONFIG": config, **of_broker(settings)})
        told = json.loads(said.invoke(app, ["review", "show", "last", "--json"]).stdout)
        assert told["status"] == "confirmed"
        assert [each["decision"] for each in told["decisions"]] == [decision for decision, _, _ in TURNS]
        totals = json.loads(said.invoke(app, ["totals", "--year", "2018", "--format", "json"]).stdout)
        assert percent(totals["lines"]["standard"]["corrected"]["lost_rate"]) == promises["confirm"]
        assert percent(totals["lines"]["standard"]["raw"]["lost_rate"]) == promises["dismiss"]


def percent(rate: float) -> str:
    return f"{100 * rate:.2f} %".replace(".", ",")


def promised_by(page: Seen) -> dict[str, str]:
    """Return the figure on the button of each decision."""
    found = re.findall(
        r'name="decision" value="(\w+)">[^<]*<small>2018 ?:\s*([^<]+)</small>', page.text.replace("\u202f", " ")
    )
    return {decision: figure.replace("\xa0", " ") for decision, figure in found}


def corrected(shown: Running) -> float:
    """Return the corrected lost rate of 2018 in the metrics, or 0 if it is withheld."""
    return shown.total("tocsin_indicator", indicator="lost_rate:standard", value="corrected", year="2018")


def raw(shown: Running) -> float:
    return shown.total("tocsin_indicator", indicator="lost_rate:standard", value="raw", year="2018")


def test_while_no_worker_runs_a_decision_waits_in_the_log_and_the_page_says_so(settings: Settings, config: str) -> None:
    create_topics(settings)
    count = send(settings)
    with board(settings, TOCSIN_CONFIG=config) as shown:
        with worker(settings, TOCSIN_CONFIG=config) as running:
            running.await_events(count)
            path = opened(settings, shown)
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(PATIENCE)

        async def decide(visitor: Visitor) -> None:
            shown_first = await visitor.get(path)
            assert (await visitor.send(path, of(shown_first.form))).status == 303
            page = await visitor.get(path)
            assert "Décidé par m.durand." in page.words
            assert "s'appliquera dans quelques secondes" in page.words

        async def declare(visitor: Visitor) -> None:
            fields = {"line": "standard", "from": "2018-11-30T09:00", "to": "2018-11-30T09:15"}
            form = of((await visitor.get("/declare")).form, **fields)
            tried = await visitor.send("/declare", form)
            answer = await visitor.send("/declare", {**tried.form, **fields})
            assert answer.status == 303
            where = answer.headers["Location"]
            assert where.endswith("-declared")
            assert "Une erreur de comptage a été déclarée" in (await visitor.get(where)).words
            with worker(settings, TOCSIN_CONFIG=config):
                await eventually(visitor, where, "Confirmé", "déclare une erreur de comptage — un essai")
                await eventually(visitor, path, "Écarté", "m.durand : écarte")

        visit(shown, decide)
        visit(shown, declare)


def test_while_the_broker_is_away_that_is_said_while_the_board_still_tries_and_what_was_written_is_kept(
    config: str,
) -> None:
    port = free_port(HOST)
    settings = Settings(site="lozere", kafka=Kafka(bootstrap=f"{HOST}:{port}", partitions=1))
    kept: dict[str, str] = {}
    with board_of(TRYING, settings, TOCSIN_CONFIG=config) as shown:
        with embedded_broker(port):
            create_topics(settings)
            count = send(settings)
            with worker(settings, TOCSIN_CONFIG=config) as running:
                running.await_events(count)
                path = opened(settings, shown)

                async def look(visitor: Visitor) -> None:
                    kept.update(of((await visitor.get(path)).form))

                visit(shown, look)

        async def decide(visitor: Visitor) -> None:
            async with asyncio.timeout(PATIENCE):
                answer = await visitor.send(path, kept)
            assert answer.status == 503
            assert answer.form["note"] == "un essai"
            assert answer.form["once"] == kept["once"]

        visit(shown, decide)
