"""A topic read from its beginning to where it ends now, with no group and no commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types

from agents.kafka import admin, client_options
from config.settings import Settings


class Record(Protocol):
    """Stand for a record of any topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


def records(settings: Settings, name: str) -> Iterator[Record]:
    """Yield every record of a topic, each partition in order; raise `KafkaError` where no broker answers."""
    with admin(settings):
        pass  # it says better than a consumer why no broker answers
    consumer = KafkaConsumer(**client_options(settings), enable_auto_commit=False, metrics_enabled=False)
    try:
        partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            for fetched in consumer.poll(1000).values():
                yield from fetched
    finally:
        consumer.close()


def latest(settings: Settings, name: str) -> dict[bytes, bytes]:
    """Return the last value of each key of a compacted topic; raise `KafkaError` where no broker answers."""
    found: dict[bytes, bytes] = {}
    for record in records(settings, name):
        if record.key is None:
            continue
        if record.value is None:
            found.pop(record.key, None)
        else:
            found[record.key] = record.value
    return found
