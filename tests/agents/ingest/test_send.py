"""Each event is sent once to its topic, keyed by its line. Invalid ones go to the dead letters."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types

from agents.ingest.send import address, begins_of, ingest
from agents.kafka.client import Topic, client_options, partition_of, topic
from agents.kafka.topics import create_topics
from agents.sources.pseudonym import Pseudonymizer
from config.settings import Settings
from streams.events import CallEvent, Event, Reading, RequestEvent, Review, TicketEvent
from tests.agents.reading import letters, values
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import PSEUDONYM
from tests.streams.telling import value

OFFICE = Settings(site="lozere")


@pytest.mark.parametrize(
    ("kind", "fields", "name", "key"),
    [
        (CallEvent, {"line": "standard", "call": "1", "type": "lost"}, Topic.CALL_ATTEMPTS, b"lozere/standard"),
        (
            CallEvent,
            {"line": "standard", "call": "1", "type": "lost", "site": "cantal"},
            Topic.CALL_ATTEMPTS,
            b"cantal/standard",
        ),
        (TicketEvent, {"service": "cg", "ticket": "1", "type": "issued"}, Topic.COUNTER_TICKETS, b"lozere/cg"),
        (Reading, {"line": "standard", "mode": "cumulative"}, Topic.LINE_READINGS, b"lozere/standard"),
        (RequestEvent, {"channel": "email", "request": "1", "type": "received"}, Topic.REQUESTS, b"lozere/email"),
        (Review, {"decision": "declare", "by": "m", "line": "standard"}, Topic.REVIEWS, b"lozere/standard"),
    ],
)
def test_a_record_goes_to_the_topic_of_its_kind_under_its_line(
    kind: type[Event], fields: dict[str, Any], name: Topic, key: bytes
) -> None:
    assert address(OFFICE, msgspec.convert({"at": 1, **fields}, kind)) == (name, key)


def test_a_call_of_a_second_record_goes_to_the_witnesses_under_its_line() -> None:
    event = CallEvent(line="standard", call="1", type="lost", at=1)
    assert address(OFFICE, event, witness=True) == (Topic.CALL_WITNESSES, b"lozere/standard")


def test_everything_about_a_line_has_one_key_whichever_topic_it_goes_to() -> None:
    told: list[Event] = [
        CallEvent(line="standard", call="1", type="lost", at=1),
        Reading(line="standard", mode="cumulative", at=1),
        Review(decision="declare", line="standard", by="m", at=1),
    ]
    assert {address(OFFICE, event)[1] for event in told} == {b"lozere/standard"}


@pytest.mark.broker
def test_records_stand_once_in_order_and_in_their_keys_partition(settings: Settings) -> None:
    create_topics(settings)
    lines = ("standard", "circulation", "etrangers")
    rows = [value("lost", number, str(number), lines[number % 3]) for number in range(300)]
    rows.insert(7, b"torn")
    rows.insert(9, json.dumps({"ticket": "A1", "service": "cg", "type": "issued", "at": 5}).encode())
    sent = ingest(settings, events(rows, PSEUDONYM), "events.jsonl")
    assert sent.records == {Topic.CALL_ATTEMPTS: 300, Topic.COUNTER_TICKETS: 1, Topic.DEAD_LETTERS: 1}

    calls = topic(settings, Topic.CALL_ATTEMPTS)
    assert len(values(settings, topic(settings, Topic.COUNTER_TICKETS))) == 1
    (letter,) = letters(settings)
    assert (letter.reason, letter.file, letter.row, letter.original) == ("malformed", "events.jsonl", 8, b"torn")
    for line in lines:
        key = f"lozere/{line}".encode()
        found = [
            record
            for record in partition(settings, calls, partition_of(key, settings.kafka.partitions))
            if record.key == key
        ]
        told = [json.loads(row) for row in rows if f'"{line}"'.encode() in row]
        assert [json.loads(record.value) for record in found] == told


def partition(settings: Settings, name: str, number: int) -> list[Any]:
    consumer = KafkaConsumer(**client_options(settings), enable_auto_commit=False, metrics_enabled=False)
    try:
        at = TopicPartition(name, number)
        consumer.assign([at])
        consumer.seek_to_beginning(at)
        end = consumer.end_offsets([at])[at]
        records: list[Any] = []
        while consumer.position(at) < end:
            records += consumer.poll(1000).get(at, [])
        return records
    finally:
        consumer.close()


def test_a_file_is_told_from_others_of_its_name_by_its_first_lines_and_a_key() -> None:
    log = [b"1543600000|1.1|standard|0612345678\n", b"torn\n"]
    told = begins_of(lambda: log, PSEUDONYM)
    first, second = told(1), told(2)
    assert first != second
    log.append(b"1543600001|1.1|standard\n")
    assert (told(1), told(2)) == (first, second), "the file has grown"
    assert begins_of(lambda: [b"x", *log], PSEUDONYM)(2) != second
    assert begins_of(lambda: log, Pseudonymizer(b"another key of the tests"))(1) != first
    assert begins_of(list, PSEUDONYM)(1) is None
