"""Tables of calls and tickets on the command line: analysed, sent, and refused with what would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.kafka import Topic, topic
from agents.topics import create_topics
from config.settings import Settings
from tests.agents.reading import letters, values
from tests.agents.test_cli import found, invoke, raw, refused, written

CALLS = b"""\
call;line;in;out;how
1;standard;2026-03-04 09:00:00;2026-03-04 09:00:05;yes
2;600;2026-03-04 09:00:10;2026-03-04 09:00:20;no
3;nowhere;2026-03-04 09:00:30;2026-03-04 09:00:40;no
"""
TICKETS = b"""\
ticket,service,issued,called
A1,cartes-grises,1772611200,1772611260
A2,cartes-grises,today,
"""
OFFICE = """\
site: lozere
lines:
  standard: {}
  circulation: {queues: ["600"]}
services:
  cartes-grises: {}
mappings:
  pbx:
    of: calls
    id: call
    queue: line
    moments: {offered: in, ended: out}
    outcome: {column: how, values: {"yes": answered, "no": lost/abandoned}}
"""


@pytest.fixture(autouse=True)
def _state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def office(tmp_path: Path) -> str:
    return written(tmp_path / "office.yaml", OFFICE.encode())


@pytest.fixture
def calls(tmp_path: Path) -> str:
    return written(tmp_path / "calls.csv", CALLS)


@pytest.fixture
def tickets(tmp_path: Path) -> str:
    return written(tmp_path / "tickets.csv", TICKETS)


def test_calls_are_counted_by_a_mapping_of_the_office(calls: str, office: str) -> None:
    document = found("calls", calls, "--mapping", "pbx", "--config", office)
    assert raw(document, "standard") == (1, 1, 0, 0, 0)
    assert raw(document, "circulation") == (1, 0, 1, 0, 0)
    assert document["lines"]["circulation"]["wait"]["lost"]["max"] == 10
    assert document["refused"] == {"unknown-line": 1}


def test_tickets_have_a_mapping_of_their_own(tickets: str, office: str) -> None:
    document = found("tickets", tickets, "--config", office)
    assert document["events"] == {"read": 3, "ok": 2, "duplicate": 0, "late": 0, "invalid": 1}
    assert document["refused"] == {"no-time": 1}


@pytest.mark.parametrize("command", ["analyze", "ingest"])
def test_an_unknown_mapping_is_told_the_known_ones(command: str, calls: str, tickets: str, office: str) -> None:
    assert "'x'; expected a mapping of calls: technion, pbx" in refused(
        command, "calls", calls, "--mapping", "x", "--config", office
    )
    assert "expected a mapping of calls: technion, pbx" in refused(command, "calls", calls, "--config", office)
    assert "'pbx'; expected a mapping of tickets: tickets, zms" in refused(
        command, "tickets", tickets, "--mapping", "pbx", "--config", office
    )


def test_a_file_that_does_not_fit_is_refused(calls: str) -> None:
    said = refused("analyze", "calls", calls, "--mapping", "technion")
    assert "calls.csv: found the columns call;line;in;out;how, expected each of call_id" in said


@pytest.mark.integration
def test_tables_are_sent(settings: Settings, calls: str, tickets: str, tmp_path: Path) -> None:
    kafka = settings.kafka
    where = f'kafka: {{bootstrap: "{kafka.bootstrap}", prefix: "{kafka.prefix}", partitions: 4}}\n'
    office = written(tmp_path / "office.yaml", (OFFICE + where).encode())
    create_topics(settings)
    sent = invoke("ingest", "calls", calls, "--mapping", "pbx", "--config", office)
    assert sent.exit_code == 0, sent.output
    assert f"4 records to {topic(settings, Topic.CALL_ATTEMPTS)}" in sent.stdout
    sent = invoke("ingest", "tickets", tickets, "--config", office)
    assert sent.exit_code == 0, sent.output
    assert len(values(settings, topic(settings, Topic.COUNTER_TICKETS))) == 2
    assert sorted(letter.reason for letter in letters(settings)) == ["no-time", "unknown-line"]
