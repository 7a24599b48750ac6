"""The events of a file sent to Kafka: each once, acknowledged by all replicas, in its key's partition."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from agents.chain.log import Continuing
from agents.kafka import dead_letters
from agents.kafka.client import Topic, topic
from agents.kafka.sending import Sender, sending
from agents.sources.entry import Accepted, Entry, Refused
from config.settings import Settings
from streams.decoding import Invalid
from streams.events import CallEvent, Event, Reading, RequestEvent, Review, TicketEvent
from streams.watch.review import line_of


class Sent(NamedTuple):
    """Tell what was sent of a file."""

    records: Counter[str]  # how many went to each topic
    refused: dict[str, Refused]  # the first line refused for each reason


def ingest(settings: Settings, entries: Iterable[Entry], file: str) -> Sent:
    """Send what was read from a file: its events, and its refused lines as dead letters with file and line.

    Returns once the broker has every record; raises `KafkaError` where it refuses one or does not answer.
    """
    sent = Sent(Counter(), {})
    with sending(settings) as sender:
        deliver = delivery(settings, sender, file)
        for each in entries:
            if isinstance(each, Refused):
                sent.refused.setdefault(each.why.reason, each)
            sent.records[deliver(each)] += 1
    return sent


def delivery(settings: Settings, sender: Sender, file: str) -> Callable[[Entry], Topic]:
    """Return the function that sends what was read from a file, and returns the topic that it went to.

    A decision continues the log as any other does.
    """
    log = Continuing(settings, sender)

    def deliver(entry: Entry) -> Topic:
        name, key, value = addressed(settings, entry, file)
        if isinstance(entry, Accepted) and isinstance(entry.event, Review):
            log.decide(key or b"", entry.event)
        else:
            sender.send(topic(settings, name), key, value)
        return name

    return deliver


def addressed(settings: Settings, entry: Entry, file: str) -> tuple[Topic, bytes | None, bytes]:
    """Return the topic, the key and the value of an event or a refused line."""
    if isinstance(entry, Refused):
        return Topic.DEAD_LETTERS, None, _letter(entry, file)
    return *address(settings, entry.event), entry.record


def _line_of(review: Review) -> str:
    try:
        return line_of(review)
    except Invalid:
        return review.line or ""  # the worker says what is wrong with it, as with any other


def _letter(refused: Refused, file: str) -> bytes:
    return dead_letters.encode_letter(
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
