"""A live FreeSWITCH through lost connections: gaps are reported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.ingest import live
from agents.ingest.kept import keep_state
from agents.ingest.live import Connect, Listener, LiveState, read_state
from agents.ingest.live_callcenter import CallCenterSession
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.freeswitch.callcenter import CallCenter
from agents.sources.freeswitch.callcenter_visits import QueueVisits
from agents.sources.freeswitch.event_socket_client import EventSocketClient
from agents.sources.pseudonym import Pseudonymizer
from config.settings import load
from tests.agents.freeswitch import GONE, GREETING, LOGIN, THERE, answered, left, told
from tests.agents.scripted import Script, ScriptedServer, exchange
from tests.agents.sources.contexts import context

PSEUDONYM = Pseudonymizer(b"of the tests only")
WAITING = told("member-queue-start", 0) + told("member-queue-start", 1, "s2")


def listening(server: ScriptedServer, kept: Path) -> Iterator[Entry]:
    """Yield the entries from an exchange, across lost connections."""

    def connecting(visits: QueueVisits) -> Connect:
        center = CallCenter(context(source="fs", line_of={"accueil": "accueil"}.get, pseudonym=PSEUDONYM), visits)
        client = ("127.0.0.1", server.port, "sesame")
        return lambda: CallCenterSession(EventSocketClient(*client, greeting=1.0, silent=5.0), center, "Europe/Paris")

    listener = Listener(load(None, {}), "fs", kept, QueueVisits, connecting)
    return (each for told in listener.listen() for each in told or [])


def short(entry: Entry) -> tuple[str, str]:
    if isinstance(entry, Refused):
        return entry.why.reason, entry.why.detail
    return str(entry.event.type), getattr(entry.event, "call", "")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_PAUSE", 0.05)


def test_a_lost_connection_costs_what_it_did_not_hear_and_says_so(tmp_path: Path) -> None:
    """Two callers waited. One left meanwhile in an unknown way and no longer counts as waiting."""
    asked = ("api uuid_exists s1", "api uuid_exists s2")
    second: Script = [*LOGIN, *asked, GONE, left(30, session="s2"), THERE, answered(40, "s3"), 5.0]
    with exchange([*LOGIN, WAITING], second) as server:
        entries = listening(server, tmp_path / "kept")
        found = [short(next(entries)) for _ in range(9)]
    assert found[:2] == [("offered", "s1"), ("offered", "s2")]
    reason, detail = found[2]
    assert reason == "gap"
    assert "disconnected from 20" in detail
    assert "2 callers were waiting then" in detail
    assert found[3:] == [
        ("ended", "s1"),
        ("lost", "s2"),
        ("offered", "s3"),
        ("ringing", "s3"),
        ("answered", "s3"),
        ("ended", "s3"),
    ]


def test_nothing_is_said_of_the_time_before_the_first_connection(tmp_path: Path) -> None:
    with exchange([], [GREETING], [*LOGIN, WAITING, 5.0]) as server:
        entries = listening(server, tmp_path / "kept")
        assert [short(next(entries)) for _ in range(2)] == [("offered", "s1"), ("offered", "s2")]


def test_a_stop_is_a_gap_too_and_the_calls_of_before_are_known(tmp_path: Path) -> None:
    kept = tmp_path / "live" / "state.json"
    before: LiveState[QueueVisits] = LiveState(QueueVisits(), 1_795_600_001.0)
    for session in ("s1", "s2"):
        before.calls.enter("accueil", session, f"m-{session}", 1_795_600_000.0)
    keep_state(kept, before)
    with exchange([*LOGIN, "api", "api", THERE, THERE, left(12), 5.0]) as server:
        entries = listening(server, kept)
        gap, lost = next(entries), next(entries)
    assert short(gap)[0] == "gap"
    assert isinstance(lost, Accepted)
    assert getattr(lost.event, "wait", None) == 12


def test_a_state_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    kept = tmp_path / "state.json"
    kept.write_text('{"heard": 5.0, "visits": {"sessions": {}, "picked": {}, "cores": ["c"]}}')
    found = read_state(kept, QueueVisits)
    assert (found.heard, found.calls.cores) == (5.0, ["c"])
