"""From a file into Kafka: each event once, acknowledged by all replicas, in its key's partition."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from agents import dead_letters
from agents.kafka import KafkaError, Topic, producer, topic
from agents.sources.files import Refused, Told
from config.settings import Settings
from streams.events import CallEvent, Event, Reading, RequestEvent, TicketEvent


class Sent(NamedTuple):
    """Tell how many records went to which topic, and the first line refused for each reason."""

    records: Counter[str]
    refused: dict[str, Refused]


def ingest(settings: Settings, told: Iterable[Told | Refused], file: str) -> Sent:
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
                name, key, value = _refused(each, file)
            else:
                name, key, value = _told(settings, each)
            future: Any = client.send(topic(settings, name), key=key, value=value)
            future.add_errback(failures.append)
            sent.records[name] += 1
        client.flush()
    finally:
        client.close()
    if failures:
        raise KafkaError(f"the broker refused a record: {failures[0]}")
    return sent


def _refused(refused: Refused, file: str) -> tuple[Topic, bytes | None, bytes]:
    letter = dead_letters.from_row(refused.why, file=file, row=refused.row, original=refused.original, at=time.time())
    return Topic.DEAD_LETTERS, None, dead_letters.encode(letter)


def _told(settings: Settings, told: Told) -> tuple[Topic, bytes, bytes]:
    name, key = _address(told.event)
    return name, f"{told.event.site or settings.site}/{key}".encode(), told.record


def _address(event: Event) -> tuple[Topic, str]:
    """Return the topic of an event, and what follows the site in its key."""
    if isinstance(event, CallEvent):
        return Topic.CALL_ATTEMPTS, event.line
    if isinstance(event, TicketEvent):
        return Topic.COUNTER_TICKETS, event.service
    if isinstance(event, Reading):
        return Topic.LINE_READINGS, event.line
    if isinstance(event, RequestEvent):
        return Topic.REQUESTS, event.channel
    return Topic.REVIEWS, event.line or ""
