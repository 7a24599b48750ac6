"""A real miscount: published, shown, dismissed by a person, and the same after a kill."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.kafka.client import Topic, producer, topic
from config.settings import Settings, load
from tests.agents.reading import letters, values
from tests.agents.running import worker
from tests.agents.sources.contexts import events as contract_events
from tests.agents.sources.pseudonyms import PSEUDONYM
from tests.agents.worker.logs import faulty
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker


def test_a_miscount_is_published_and_shown_and_the_same_after_a_kill(office: Settings, tmp_path: Path) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text("site: lozere\nclock: event\nlines: {standard: {expected_lost_rate: 0.02}, circulation: {}}\n")
    events, calls = faulty(40), topic(office, Topic.CALL_ATTEMPTS)

    def send(values: list[bytes]) -> None:
        client = producer(office)
        for value in values:
            client.send(calls, key=b"lozere/standard", value=value)
        client.close()

    send(events[:50])
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(50)
        running.process.kill()
        running.process.wait(PATIENCE)
    send(events[50:])
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(len(events))
        assert running.total("tocsin_miscount_suspected", line="standard", kind="answered-as-lost") == 1
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
    analysis = Analysis(load(file, {}))
    analysis.take(contract_events(events, PSEUDONYM))
    (expected,) = document(analysis)["incidents"]
    assert (expected["verdict"], expected["kind"]) == ("miscount", "answered-as-lost")
    published = [json.loads(value) for value in values(office, topic(office, Topic.INCIDENTS))]
    same = ("id", "line", "verdict", "kind", "from", "detected_at", "calls_to_detect")
    assert {name: published[-1][name] for name in same} == {name: expected[name] for name in same}
    assert {each["id"] for each in published} == {expected["id"]}


def test_readings_and_a_dismissal_join_their_line_and_survive_a_kill(office: Settings, tmp_path: Path) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text("site: lozere\nclock: event\nlines: {standard: {expected_lost_rate: 0.02}, circulation: {}}\n")
    calls = faulty(40)
    counter = [
        {"line": "standard", "mode": "cumulative", "at": 1_543_565_030 + 60 * minute, "lost": minute % 20}
        for minute in range(40)
    ]

    def send(to: Topic, told: list[bytes]) -> None:
        client = producer(office)
        for value in told:
            client.send(topic(office, to), key=b"lozere/standard", value=value)
        client.close()

    send(Topic.CALL_ATTEMPTS, calls)
    send(Topic.LINE_READINGS, [msgspec.json.encode(each) for each in counter])
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(len(calls) + len(counter))
        assert running.total("tocsin_quarantined_slots", line="standard") == 3
        assert running.total("tocsin_miscount_suspected", line="standard", kind="answered-as-lost") == 1
        assert running.total("tocsin_miscount_suspected", line="standard", kind="reset") == 1
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
    found = {each["kind"]: each["id"] for each in _published(office)}
    dismissal = {"decision": "dismiss", "at": 1_543_600_000, "by": "m.durand", "note": "a test of the queue"}
    send(Topic.REVIEWS, [msgspec.json.encode(dismissal | {"incident": found["answered-as-lost"]})] * 2)
    send(Topic.REVIEWS, [msgspec.json.encode(dismissal | {"incident": "standard-20130304T073000Z-rise"})])
    count = len(calls) + len(counter) + 3
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(count)
        running.process.kill()
        running.process.wait(PATIENCE)
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(count)
        assert running.total("tocsin_quarantined_slots", line="standard") == 0
        assert running.total("tocsin_miscount_suspected", line="standard", kind="answered-as-lost") == 0
        assert running.total("tocsin_miscount_suspected", line="standard", kind="reset") == 1
        assert running.total("tocsin_calls_lost_total", line="standard") == 40, "raw figures are never altered"
        reviews = topic(office, Topic.REVIEWS)
        results = [running.total("tocsin_events_total", topic=reviews, result=what) for what in ("ok", "duplicate")]
        assert results == [1, 1]
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
    (dismissed,) = [each for each in {each["id"]: each for each in _published(office)}.values() if each["decisions"]]
    assert (dismissed["id"], dismissed["status"]) == (found["answered-as-lost"], "dismissed")
    assert (dismissed["decisions"][0]["by"], dismissed["decisions"][0]["note"]) == ("m.durand", "a test of the queue")
    assert {letter.reason for letter in letters(office)} == {"unknown-incident"}


def _published(settings: Settings) -> list[dict[str, Any]]:
    return [json.loads(value) for value in values(settings, topic(settings, Topic.INCIDENTS))]
