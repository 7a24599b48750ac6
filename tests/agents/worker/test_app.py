"""The main job for real: the figures of broker and worker equal an analysis of the same file."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.ingest.send import ingest
from agents.kafka.client import Topic, producer, topic
from config.settings import Settings
from tests.agents.reading import letters, values
from tests.agents.running import worker
from tests.agents.worker.logs import analysed, counted, expected, log, told
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker


def test_a_log_through_broker_and_worker_counts_as_its_analysis_does(office: Settings, config: str) -> None:
    rows = log(300, broken=True)
    sent = ingest(office, told(rows, office), "queue_log")
    analysis = analysed(rows, office)
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(sent.records[Topic.CALL_ATTEMPTS])
        assert counted(running) == expected(analysis)
        assert running.total("tocsin_call_wait_seconds_count", outcome="answered") == sum(
            line["wait"]["answered"]["count"] for line in analysis["lines"].values()
        )
        assert running.total("tocsin_calls_waiting") == 0
    assert analysis["events"]["invalid"] == sent.records[Topic.DEAD_LETTERS] == 1


def test_a_torn_line_changes_nothing_else_and_is_a_dead_letter_without_its_number(office: Settings) -> None:
    whole, torn = log(60), log(60, broken=True)
    assert expected(analysed(torn, office)) == expected(analysed(whole, office))
    ingest(office, told(torn, office), "queue_log")
    (letter,) = letters(office)
    assert (letter.reason, letter.file, letter.row) == (
        "malformed",
        "queue_log",
        torn.index(b"15436|0612345678|tor") + 1,
    )
    assert "0612345678" not in letter.text
    assert b"0612345678" not in (letter.original or b"")
    assert not any(b"06123" in value for value in values(office, topic(office, Topic.CALL_ATTEMPTS)))


def test_what_is_no_event_goes_to_the_dead_letters_as_it_came(office: Settings, config: str) -> None:
    calls = topic(office, Topic.CALL_ATTEMPTS)
    good = b'{"line": "standard", "call": "1", "type": "answered", "at": 1543600000, "wait": 3}'
    bad = {
        "malformed": (b"lozere/standard", good[:-9]),
        "invalid": (b"lozere/standard", good.replace(b"answered", b"answerd")),
        "unknown-line": (b"lozere/x", good.replace(b"standard", b"x")),
        "wrong-key": (b"lozere/circulation", good),
    }
    client = producer(office)
    client.send(calls, key=b"lozere/standard", value=good)
    for key, value in bad.values():
        client.send(calls, key=key, value=value)
    client.close()
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(5)
        assert running.total("tocsin_events_total", result="invalid") == 4
        assert counted(running)["standard"]["answered"] == 1
    found = {letter.reason: letter for letter in letters(office)}
    assert {reason: letter.original for reason, letter in found.items()} == {
        reason: value for reason, (_, value) in bad.items()
    }
    assert all(letter.topic == calls and letter.offset is not None for letter in found.values())


def test_a_worker_without_its_topics_says_which(settings: Settings, config: str) -> None:
    with worker(settings, TOCSIN_CONFIG=config) as running:
        assert running.process.wait(PATIENCE) == 1
        assert "call-attempts is missing; `tocsin topics` creates it" in running.words()


def test_health_and_metrics_answer_on_loopback_alone(office: Settings, config: str) -> None:
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_page("/healthz", '"status": "ok"')
        listening = Path(f"/proc/{running.process.pid}/net/tcp").read_text()
        hexed = f":{running.port:04X}"
        addresses = {line.split()[1] for line in listening.splitlines()[1:] if line.split()[1].endswith(hexed)}
        assert {address for address in addresses if address.endswith(hexed)} == {f"0100007F{hexed}"}
