"""A running exchange reaches Kafka through lost connections; what was not heard is said."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import msgspec
import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.ingest import live
from agents.ingest.live import Exchange, LiveState, keep_state, read_state
from agents.kafka.child import child
from agents.kafka.client import Topic, topic
from agents.kafka.topics import create_topics
from agents.sources.callcenter import CallCenter
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.event_socket_client import PASSWORD, EventSocketClient
from agents.sources.pseudonym import Pseudonymizer
from config.settings import Settings
from tests.agents.freeswitch import (
    CALLER,
    GONE,
    GREETING,
    LOGIN,
    REFUSED,
    THERE,
    ScriptedServer,
    answered,
    exchange,
    left,
    told,
)
from tests.agents.reading import letters, values

PSEUDONYM = Pseudonymizer(b"of the tests only")
WAITING = told("member-queue-start", 0) + told("member-queue-start", 1, "s2")


def listening(server: ScriptedServer, state: LiveState) -> Iterator[Entry]:
    """Yield what an exchange tells, through every loss of the connection."""
    center = CallCenter({"accueil": "accueil"}.get, "fs", "lozere", PSEUDONYM, Counter(), state.visits)

    def connect() -> EventSocketClient:
        return EventSocketClient("127.0.0.1", server.port, "sesame", greeting=1.0, silent=5.0)

    for each in Exchange(state, center, connect, "Europe/Paris").entries():
        if each is not None:
            yield each


def short(entry: Entry) -> tuple[str, str]:
    if isinstance(entry, Refused):
        return entry.why.reason, entry.why.detail
    return str(entry.event.type), getattr(entry.event, "call", "")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RETRY_SECONDS", 0.05)


def test_a_lost_connection_costs_what_it_did_not_hear_and_says_so() -> None:
    """Of two who waited one has gone meanwhile: nobody knows how, and she waits no more."""
    asked = ("api uuid_exists s1", "api uuid_exists s2")
    second: list[bytes | str | float] = [*LOGIN, *asked, GONE, left(30, session="s2"), THERE, answered(40, "s3"), 5.0]
    with exchange([*LOGIN, WAITING], second) as server:
        entries = listening(server, LiveState())
        found = [short(next(entries)) for _ in range(9)]
    assert found[:2] == [("offered", "s1"), ("offered", "s2")]
    reason, detail = found[2]
    assert reason == "gap"
    assert "nothing was heard from 20" in detail
    assert "2 callers waited then" in detail
    assert found[3:] == [
        ("ended", "s1"),
        ("lost", "s2"),
        ("offered", "s3"),
        ("ringing", "s3"),
        ("answered", "s3"),
        ("ended", "s3"),
    ]


def test_nothing_is_said_of_the_time_before_the_first_connection() -> None:
    with exchange([], [GREETING], [*LOGIN, WAITING, 5.0]) as server:
        entries = listening(server, LiveState())
        assert [short(next(entries)) for _ in range(2)] == [("offered", "s1"), ("offered", "s2")]


def test_a_stop_is_a_gap_too_and_the_calls_of_before_are_known(tmp_path: Path) -> None:
    kept, state = tmp_path / "live" / "state.json", LiveState()
    with exchange([*LOGIN, WAITING, 5.0]) as server:
        entries = listening(server, state)
        first = [next(entries) for _ in range(2)]
    assert all(isinstance(each, Accepted) for each in first)
    keep_state(kept, state)
    with exchange([*LOGIN, "api", "api", THERE, THERE, left(12), 5.0]) as server:
        entries = listening(server, read_state(kept))
        gap, lost = next(entries), next(entries)
    assert short(gap)[0] == "gap"
    assert isinstance(lost, Accepted)
    assert getattr(lost.event, "wait", None) == 12


@pytest.mark.parametrize("told", [("asterisk-like", "127.0.0.1"), ("queue-log", "127.0.0.1:8021")])
def test_an_address_is_for_what_has_an_event_socket(told: tuple[str, str]) -> None:
    kind = "callcenter" if told[0] == "asterisk-like" else told[0]
    result = CliRunner().invoke(app, ["ingest", kind, told[1]])
    assert result.exit_code == 2
    assert "does not exist" in result.output


def test_without_a_password_nobody_connects() -> None:
    result = CliRunner().invoke(app, ["ingest", "callcenter", "127.0.0.1:1"], env={PASSWORD: ""})
    assert result.exit_code == 2
    assert PASSWORD in result.output


def test_a_wrong_password_ends_the_command(tmp_path: Path) -> None:
    with exchange([GREETING, "auth", REFUSED]) as server:
        environment = {PASSWORD: "wrong", "TOCSIN_STATE_DIR": str(tmp_path)}
        result = CliRunner().invoke(app, ["ingest", "callcenter", f"127.0.0.1:{server.port}"], env=environment)
    assert result.exit_code == 2
    assert "a password that the exchange refuses" in result.output


@contextmanager
def command(settings: Settings, config: Path, port: int, state: Path) -> Iterator[Popen[bytes]]:
    environment = {
        **os.environ,
        "TOCSIN_KAFKA_BOOTSTRAP": settings.kafka.bootstrap,
        "TOCSIN_KAFKA_PREFIX": settings.kafka.prefix,
        "TOCSIN_KAFKA_PARTITIONS": str(settings.kafka.partitions),
        "TOCSIN_STATE_DIR": str(state),
        PASSWORD: "sesame",
    }
    address = f"127.0.0.1:{port}"
    arguments = [sys.executable, "-m", "agents.cli", "ingest", "callcenter", address, "--config", str(config)]
    with tempfile.TemporaryFile() as said, child(arguments, env=environment, said=said) as process:
        yield process


@pytest.mark.integration
def test_a_running_exchange_reaches_the_topics(settings: Settings, tmp_path: Path) -> None:
    create_topics(settings)
    config = tmp_path / "office.yaml"
    config.write_text("site: lozere\nlines: {accueil: {}}\n")
    with (
        exchange([*LOGIN, answered(0) + WAITING[:50], 1.0], [*LOGIN, answered(100, "s2"), 30.0]) as server,
        command(settings, config, server.port, tmp_path / "state") as process,
    ):
        deadline = time.monotonic() + 60
        while len(found := values(settings, topic(settings, Topic.CALL_ATTEMPTS))) < 8:
            assert process.poll() is None
            assert time.monotonic() < deadline, found
            time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    (kept,) = (tmp_path / "state" / "live").glob("*.json")
    assert set(read_state(kept).visits.sessions) == {"accueil/s1", "accueil/s2"}
    told = [msgspec.json.decode(value) for value in found]
    assert sorted((each["call"], each["type"]) for each in told) == sorted(
        (call, kind) for call in ("s1", "s2") for kind in ("offered", "ringing", "answered", "ended")
    )
    assert [letter.reason for letter in letters(settings)] == ["gap"]
    assert not any(CALLER.encode() in value for value in found)
