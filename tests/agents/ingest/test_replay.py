"""A dead letter is listed once, and after a mend of the configuration it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.ingest.replay import replay, waiting
from agents.ingest.send import ingest
from agents.kafka.client import Topic, producer, topic
from agents.kafka.topics import create_topics
from agents.sources.entry import Refused
from config.settings import Line, Settings
from streams.decoding import Invalid
from tests.agents.running import worker

pytestmark = pytest.mark.integration

EVENT = b'{"line": "accueil", "call": "1", "type": "answered", "at": 1543600000, "wait": 3}'


@pytest.fixture
def office(settings: Settings) -> Settings:
    create_topics(settings)
    return settings.model_copy(update={"lines": {"standard": Line()}})


def test_a_letter_of_an_unknown_line_counts_once_the_line_is_known(office: Settings, tmp_path: Path) -> None:
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text("site: lozere\nlines: {standard: {}}\n")
    after.write_text("site: lozere\nlines: {standard: {}, accueil: {}}\n")
    client = producer(office)
    client.send(topic(office, Topic.CALL_ATTEMPTS), key=b"lozere/accueil", value=EVENT)
    client.send(topic(office, Topic.CALL_ATTEMPTS), key=b"lozere/standard", value=b"{torn")
    client.close()
    with worker(office, TOCSIN_CONFIG=str(before)) as running:
        running.await_events(2)
    assert sorted(letter.reason for letter in waiting(office)) == ["malformed", "unknown-line"]

    assert replay(office, waiting(office)).sent == 0
    mended = office.model_copy(update={"lines": {**office.lines, "accueil": Line()}})
    done = replay(mended, waiting(mended))
    assert done.sent == 1
    assert [letter.reason for letter, _ in done.left] == ["malformed"]
    assert [letter.reason for letter in waiting(mended)] == ["malformed"]
    with worker(mended, TOCSIN_CONFIG=str(after)) as running:
        running.await_events(3)
        assert running.total("tocsin_calls_answered_total", line="accueil") == 1


def test_a_record_buried_twice_is_listed_once(office: Settings) -> None:
    torn = Refused(7, b"{torn", Invalid("malformed", "torn"))
    for _ in "12":
        ingest(office, [torn], "events.jsonl")
    assert [(letter.file, letter.row) for letter in waiting(office)] == [("events.jsonl", 7)]
