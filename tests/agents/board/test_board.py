"""A real board shows the figures that a worker counts on a broker, and survives failures of the broker."""

from __future__ import annotations

import json
import signal
from datetime import datetime
from pathlib import Path
from urllib.error import HTTPError

import msgspec
import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.kafka.broker import embedded_broker
from agents.kafka.client import Topic, producer, topic
from agents.kafka.topics import create_topics
from agents.ports import free_port
from agents.worker.liveness import SAY_SECONDS
from config.settings import Kafka, Settings
from streams.status import LineStatus, ServiceStatus, Status
from tests.agents.html import Page
from tests.agents.reading import values
from tests.agents.running import HOST, Running, board, of_broker, worker
from tests.agents.worker.logs import faulty
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker

OFFICE = """\
site: lozere
clock: event
lines:
  standard: {label: "Le standard", expected_lost_rate: 0.02}
services:
  cards: {label: "Cartes", target_wait: 1m}
"""
OPENS = 1_543_565_000  # Friday 30 November 2018, 9:03:20 in Paris


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "office.yaml"
    file.write_text(OFFICE, encoding="utf-8")
    return str(file)


def tickets() -> list[bytes]:
    steps = [("A1", "issued", 0), ("A2", "issued", 30), ("A1", "called", 120), ("A1", "served", 130)]
    told = [{"service": "cards", "ticket": ticket, "type": kind, "at": OPENS + at} for ticket, kind, at in steps]
    return [msgspec.json.encode(each) for each in told]


def send(settings: Settings) -> int:
    """Send the calls of a line that counts answered calls as lost, and two tickets; return the number of records."""
    client = producer(settings)
    for value in faulty(40):
        client.send(topic(settings, Topic.CALL_ATTEMPTS), key=b"lozere/standard", value=value)
    for value in tickets():
        client.send(topic(settings, Topic.COUNTER_TICKETS), key=b"lozere/cards", value=value)
    client.close()
    return len(faulty(40)) + len(tickets())


def nonsense(settings: Settings) -> None:
    """Send invalid records to the topics that the board reads."""
    client = producer(settings)
    for which in (Topic.LEDGER, Topic.STATUS, Topic.INCIDENTS):
        for value in (b"nonsense", b"{}", 5_000 * b"["):
            client.send(topic(settings, which), key=b"lozere/standard/2018-11-29", value=value)
        client.send(topic(settings, which), key=None, value=b"{}")
    client.close()


def statuses(settings: Settings) -> list[LineStatus | ServiceStatus]:
    told = values(settings, topic(settings, Topic.STATUS))
    return [msgspec.json.decode(value, type=Status) for value in told if b'"of"' in value]


def text(page: str) -> str:
    return " ".join(Page(page).text.replace("\u202f", " ").split())


def test_what_a_worker_counts_is_on_the_pages_and_stays_when_it_has_ended(settings: Settings, config: str) -> None:
    create_topics(settings)
    count = send(settings)
    nonsense(settings)
    with board(settings, TOCSIN_CONFIG=config) as shown:
        shown.await_page("/", "Pas encore de chiffres en direct")
        with worker(settings, TOCSIN_CONFIG=config) as running:
            running.await_events(count)
            live = text(shown.await_page("/", "erreur de comptage suspectée", "incident à examiner"))
            lost = running.total("tocsin_calls_lost_total", line="standard")
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(PATIENCE)
        assert "Le standard" in live
        assert "Appels décrochés comptés comme perdus" in live
        assert "en attente1" in live
        told = {each.id: each for each in statuses(settings)}
        line, service = told["lozere/standard"], told["lozere/cards"]
        assert isinstance(line, LineStatus)
        assert isinstance(service, ServiceStatus)
        assert (line.lost, line.offered) == (lost, 41)
        assert (service.issued, service.served, service.windows["1d"].mean_wait) == (2, 1, 120.0)

        listed = shown.get("/incidents?line=standard&status=open")
        (name,) = {each.id for each in line.incidents}
        assert f"/incidents/{name}" in listed
        one = text(shown.get(f"/incidents/{name}"))
        assert f"tocsin review dismiss {name}" in one
        assert "Taux d'appels perdus" in text(shown.get("/years/2018"))
        shown.await_page("/metrics", 'tocsin_indicator{indicator="lost_rate:standard"', 'value="raw",year="2018"')
        assert json.loads(shown.get("/healthz"))["status"] == "ok"
        with pytest.raises(HTTPError) as refused:
            shown.get("/incidents/nobody")
        refused.value.close()
        assert refused.value.code == 404

        decide(settings, config, name)
        with worker(settings, TOCSIN_CONFIG=config):
            shown.await_page(f"/incidents/{name}", "Écarté", "m.durand", "un essai")
        shown.process.send_signal(signal.SIGTERM)
        assert shown.process.wait(PATIENCE) == 0


def decide(settings: Settings, config: str, name: str) -> None:
    environment = {
        "TOCSIN_CONFIG": config,
        **of_broker(settings),
    }
    command = ["review", "dismiss", name, "--note", "un essai", "--by", "m.durand"]
    result = CliRunner(env=environment).invoke(app, command)
    assert result.exit_code == 0, result.output


def test_it_waits_for_a_broker_says_so_and_reads_the_next_one_anew(config: str) -> None:
    port = free_port(HOST)
    settings = Settings(site="lozere", kafka=Kafka(bootstrap=f"{HOST}:{port}", partitions=1))
    with board(settings, TOCSIN_CONFIG=config) as shown:
        shown.await_page("/", "Kafka n'a pas encore été lu")
        unwell(shown)
        with embedded_broker(port):
            create_topics(settings)
            count = send(settings)
            with worker(settings, TOCSIN_CONFIG=config) as running:
                running.await_events(count)
                shown.await_page("/incidents", "appels décrochés comptés comme perdus")
                shown.await_page("/years", "/years/2018")
        shown.await_page("/incidents", "Kafka ne répond pas", "appels décrochés comptés comme perdus")
        unwell(shown)
        with embedded_broker(port):
            create_topics(settings)
            assert "Kafka" not in shown.await_page("/incidents", "Aucun incident")
            assert json.loads(shown.await_page("/healthz", "ok"))["reason"] is None
        told_seldom(shown.words())


def told_seldom(words: str) -> None:
    """Check that the board logs one error at most once a minute, and logs it again after a recovery."""
    told: dict[str, datetime] = {}
    troubles = 0
    for line in map(json.loads, words.splitlines()):
        at = datetime.fromisoformat(line["timestamp"])
        if "cannot be read" in line["event"]:
            shown = line["shown"]
            assert shown not in told or (at - told[shown]).total_seconds() >= SAY_SECONDS - 1, words
            told[shown], troubles = at, troubles + 1
        elif "read to their ends" in line["event"]:
            told.pop(line["shown"], None)
    assert troubles >= 1, words


def unwell(shown: Running) -> None:
    with pytest.raises(HTTPError) as refused:
        shown.get("/healthz")
    told = json.loads(refused.value.read())
    refused.value.close()
    assert (refused.value.code, told["status"]) == (503, "stale")
    assert told["reason"]


def test_topics_that_are_missing_are_named(settings: Settings, config: str) -> None:
    with board(settings, TOCSIN_CONFIG=config) as shown:
        page = text(shown.await_page("/years", "Kafka n'a pas encore été lu", "is missing"))
        assert any(f"{topic(settings, each)} is missing" in page for each in Topic)
        create_topics(settings)
        shown.await_page("/healthz", "ok")
        assert "missing" not in shown.get("/years")
