"""What a certificate reads besides the ledger: the counter's readings, and single calls as long as Kafka has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from agents.kafka.client import Topic, topic
from agents.kafka.reading import leaving_out, records
from agents.sources.entry import Accepted, Entry, Refusals, Refused
from config.settings import Settings
from streams.certificate.coverage import read_slots
from streams.events import CallEvent, Reading

_reading = msgspec.json.Decoder(Reading).decode
_call = msgspec.json.Decoder(CallEvent).decode


def slots_read(settings: Settings) -> dict[str, set[int]]:
    """Return, by line, the slots of the readings that are still in Kafka; raise `KafkaError` without a broker."""
    found: defaultdict[str, list[Reading]] = defaultdict(list)
    for record in records(settings, topic(settings, Topic.LINE_READINGS)):
        with leaving_out(record):
            reading = _reading(record.value or b"")
            if reading.site in {None, settings.site}:
                found[reading.line].append(reading)
    return {line: read_slots(readings) for line, readings in found.items()}


def calls_kept(settings: Settings, line: str) -> Iterator[CallEvent]:
    """Yield a line's call events that are still in the topic; raise `KafkaError` without a broker."""
    key = f"{settings.site}/{line}".encode()
    for record in records(settings, topic(settings, Topic.CALL_ATTEMPTS)):
        if record.key == key:
            with leaving_out(record):
                yield _call(record.value or b"")


def calls_of(entries: Iterable[Entry], settings: Settings, refusals: Refusals) -> dict[str, list[CallEvent]]:
    """Return the call events of a file by line, and count the refused ones; ignore other events."""
    found: defaultdict[str, list[CallEvent]] = defaultdict(list)
    for each in entries:
        if isinstance(each, Refused):
            refusals.add(each)
        event = each.event if isinstance(each, Accepted) else None
        if isinstance(event, CallEvent) and event.site in {None, settings.site}:
            found[event.line].append(event)
    return found
