"""Sends the events of a file to Kafka: each once, to the partition of its key, acknowledged by all replicas."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from heapq import merge
from itertools import repeat
from typing import NamedTuple, TypeAlias, assert_never

from agents.chain.log import Continuing
from agents.dialling import numbers_of
from agents.ingest.logfile import PRINT
from agents.kafka.burial import Burial
from agents.kafka.client import Topic, topic
from agents.kafka.dead_letters import DeadLetter, Source, encode_letter
from agents.kafka.sending import Sender, sending
from agents.sources.chronology import moment
from agents.sources.entry import Entry, Refusals, Refused
from agents.sources.pseudonym import Pseudonymizer
from config.settings import Settings
from streams.decoding import Invalid
from streams.events import CallEvent, Event, Reading, RequestEvent, Review, ServiceReading, TicketEvent
from streams.said import said
from streams.watch.review import desk_of


class Sent(NamedTuple):
    records: Counter[str]  # how many went to each topic
    refusals: Refusals


Begins: TypeAlias = Callable[[int], str | None]  # a file's digest at a row, which distinguishes files with one name


def without_digest(_row: int) -> None: ...


def begins_of(lines: Callable[[], Sequence[bytes]], pseudonym: Pseudonymizer) -> Begins:
    """Return a function that computes a file's digest from its first `lines`.

    For a row, the digest covers only the lines up to that row, so that it stays the same when the file grows. It is
    keyed, because a telephone number in a line could otherwise be guessed.
    """
    return lambda row: pseudonym.digest(b"".join(line[:PRINT] for line in lines()[:row])[:PRINT])


class FileEntries(NamedTuple):
    """The entries of a file, its name and its digest."""

    entries: Iterable[Entry]
    file: str
    begins: Begins = without_digest


def ingest(
    settings: Settings, entries: Iterable[Entry], file: str, begins: Begins = without_digest, *, witness: bool = False
) -> Sent:
    """Send the events of a file as `ingest_together` does."""
    return ingest_together(settings, [FileEntries(entries, file, begins)], witness=witness)


def ingest_together(settings: Settings, files: Sequence[FileEntries], *, witness: bool = False) -> Sent:
    """Send events to their topics, and refused rows to the dead letters; with `witness` they are a second record.

    Events of several files are sent in the order of their moments. Returns once the broker has every record; raises
    `KafkaError` if it refuses one or does not answer.
    """
    sent = Sent(Counter(), Refusals())
    with sending(settings) as sender:
        deliveries = [FileSender(settings, sender, each.file, each.begins, witness=witness) for each in files]
        of_files = [zip(repeat(delivery), each.entries) for delivery, each in zip(deliveries, files, strict=True)]
        for delivery, entry in merge(*of_files, key=lambda each: moment(each[1])):
            if isinstance(entry, Refused):
                sent.refusals.add(entry)
            sent.records.update(delivery.send(entry))
        for delivery in deliveries:
            sent.records.update(delivery.sum_up())
    return sent


class FileSender:
    """Sends a file's entries, each to its topic; a reviewer's decision is appended to the log of decisions."""

    def __init__(
        self, settings: Settings, sender: Sender, file: str, begins: Begins = without_digest, *, witness: bool = False
    ) -> None:
        self._settings = settings
        self._sender = sender
        self._file = file
        self._begins = begins
        self._witness = witness
        self._log = Continuing(settings, sender)
        self._burial = Burial(numbers_of(settings))

    def send(self, entry: Entry) -> list[Topic]:
        """Send an event, or the dead letters that a refused line makes due; return the topics of the records."""
        if not isinstance(entry, Refused) and not (entry.event.site or self._settings.site):
            why = Invalid("site", said("the event names no site, but the configuration has several; add `--site`"))
            entry = Refused(entry.row, entry.record, why)
        if isinstance(entry, Refused):
            source = Source(file=self._file, begins=self._begins(entry.row))
            return self._bury(self._burial.row(source, entry, time.time()))
        name, key = address(self._settings, entry.event, witness=self._witness)
        if isinstance(entry.event, Review):
            self._log.decide(key, entry.event)
        else:
            self._sender.send(topic(self._settings, name), key, entry.record)
        return [name]

    def sum_up(self) -> list[Topic]:
        """Send the dead letters that summarise the remaining refused lines; return the topics of the records."""
        summed, self._burial = self._burial.sums(time.time()), Burial(numbers_of(self._settings))
        return self._bury(summed)

    def _bury(self, letters: Iterable[DeadLetter]) -> list[Topic]:
        buried = [encode_letter(letter) for letter in letters]
        for letter in buried:
            self._sender.send(topic(self._settings, Topic.DEAD_LETTERS), None, letter)
        return [Topic.DEAD_LETTERS] * len(buried)


def _desk_of(review: Review) -> str:
    try:
        return desk_of(review).name
    except Invalid:
        return review.line or review.service or review.channel or ""  # the worker refuses the review, giving the reason


def address(settings: Settings, event: Event, *, witness: bool = False) -> tuple[Topic, bytes]:
    """Return the topic and the key of an event's record; a `witness` event is of a second record of calls."""
    match event:
        case CallEvent():
            name, key = Topic.CALL_WITNESSES if witness else Topic.CALL_ATTEMPTS, event.line
        case TicketEvent():
            name, key = Topic.COUNTER_TICKETS, event.service
        case Reading():
            name, key = Topic.LINE_READINGS, event.line
        case ServiceReading():
            name, key = Topic.LINE_READINGS, event.service
        case RequestEvent():
            name, key = Topic.REQUESTS, event.channel
        case Review():
            name, key = Topic.REVIEWS, _desk_of(event)
        case never:
            assert_never(never)
    return name, f"{event.site or settings.site}/{key}".encode()
