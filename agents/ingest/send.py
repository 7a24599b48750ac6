"""The events of a file sent to Kafka: each once, acknowledged by all replicas, in its key's partition."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from agents.dialling import numbers_of
from agents.kafka.burial import Burial
from agents.kafka.client import Topic, topic
from agents.kafka.dead_letters import encode_letter
from agents.kafka.sending import sending
from agents.sources.entry import Entry, Refused
from agents.sources.refusals import Refusals
from config.settings import Settings
from streams.decoding import Invalid
from streams.events import CallEvent, Event, Reading, RequestEvent, Review, TicketEvent
from streams.watch.review import line_of

Addressed: TypeAlias = tuple[Topic, bytes | None, bytes]  # a record's topic, key and value


class Sent(NamedTuple):
    """Tell what was sent of a file."""

    records: Counter[str]  # how many went to each topic
    refusals: Refusals


def ingest(settings: Settings, entries: Iterable[Entry], file: str) -> Sent:
    """Send what was read from a file: its events, and its refused lines as dead letters with file and line.

    Returns once the broker has every record; raises `KafkaError` where it refuses one or does not answer.
    """
    sent, burial = Sent(Counter(), Refusals()), Burial(numbers_of(settings))
    with sending(settings) as sender:
        for each in entries:
            if isinstance(each, Refused):
                sent.refusals.add(each)
            for name, key, value in addressed(settings, each, file, burial):
                sender.send(topic(settings, name), key, value)
                sent.records[name] += 1
        for name, key, value in summed_up(burial):
            sender.send(topic(settings, name), key, value)
            sent.records[name] += 1
    return sent


def addressed(settings: Settings, entry: Entry, file: str, burial: Burial) -> Iterator[Addressed]:
    """Yield the record of an event; of a refused line the dead letters that `burial` has due."""
    if isinstance(entry, Refused):
        for letter in burial.row(file, entry, time.time()):
            yield Topic.DEAD_LETTERS, None, encode_letter(letter)
    else:
        yield *address(settings, entry.event), entry.record


def summed_up(burial: Burial) -> Iterator[Addressed]:
    """Yield the dead letters that sum up what `burial` did not keep whole."""
    for letter in burial.sums(time.time()):
        yield Topic.DEAD_LETTERS, None, encode_letter(letter)


def _line_of(review: Review) -> str:
    try:
        return line_of(review)
    except Invalid:
        return review.line or ""  # the worker says what is wrong with it, as with any other


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
