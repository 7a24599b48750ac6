"""From a file into Kafka: each event once, acknowledged by all replicas, in its key's partition."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from agents.kafka import dead_letters
from agents.kafka.client import KafkaError, Topic, producer, topic
from agents.sources.entry import Entry, Refused
from config.settings import Settings
from streams.decoding import Invalid
from streams.events import CallEvent, Event, Reading, RequestEvent, Review, TicketEvent
from streams.watch.review import line_of


class Sent(NamedTuple):
    """Tell how many records went to which topic, and the first line refused for each reason."""

    records: Counter[str]
    refused: dict[str, Refused]


def ingest(settings: Settings, told: Iterable[Entry], file: str) -> Sent:
    """Send everything that a file tells of.

    What is no event goes to the dead letters, with the file and the line. Returns once the
    broker has all; raises `KafkaError` where it refuses a record or does not answer.
    """
    sent = Sent(Counter(), {})
    failures: list[BaseException] = []
    client = producer(settings)
    try:
        for each in told:
            if failures:
                break
            if isinstance(each, Refused):
                sent.refused.setdefault(each.why.reason, each)
            name, key, value = addressed(settings, each, file)
            future: Any = client.send(topic(settings, name), key=key, value=value)
            future.add_errback(failures.append)
            sent.records[name] += 1
        client.flush()
    finally:
        client.close()
    if failures:
        raise KafkaError(f"the broker refused a record: {failures[0]}")
    return sent


def addressed(settings: Settings, told: Entry, file: str) -> tuple[Topic, bytes | None, bytes]:
    """Return the topic, the key and the value of what a file tells of."""
    if isinstance(told, Refused):
        return Topic.DEAD_LETTERS, None, _letter(told, file)
    return *address(settings, told.event), told.record


def _line_of(review: Review) -> str:
    try:
        return line_of(review)
    except Invalid:
        return review.line or ""  # the worker says what is wrong with it, as with any other


def _letter(refused: Refused, file: str) -> bytes:
    return dead_letters.encode(
        dead_letters.from_row(refused.why, file=file, row=refused.row, original=refused.original, at=time.time())
    )


def address(settings: Settings, event: Event) -> tuple[Topic, bytes]:
    """Return the topic and the key of an event's record."""
    if isinstance(event, CallEvent):
        name, key = Topic.CALL_ATTEMPTS, event.line
    elif isinstance(event, TicketEvent):
        name, key = Topic.COUNTER_TICKETS, event.service
    elif isinstance(event, Reading):
        name, key = Topic.LINE_READINGS, event.line
    elif isinstance(event, RequestEvent):
        name, key = Topic.REQUESTS, event.channel
    else:
        name, key = Topic.REVIEWS, _line_of(event)
    return name, f"{event.site or settings.site}/{key}".encode()
