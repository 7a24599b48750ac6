"""Reading and deleting topics in the tests."""

from __future__ import annotations

from contextlib import closing

from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types

from agents.kafka import dead_letters, reading
from agents.kafka.client import Topic, admin, client_options, topic
from agents.kafka.topics import described
from config.settings import Settings
from tests.waiting import until


def values(settings: Settings, name: str) -> list[bytes]:
    """Return every value in a topic, up to its current end."""
    return [record.value or b"" for record in reading.records(settings, name)]


def letters(settings: Settings) -> list[dead_letters.DeadLetter]:
    return [dead_letters.decode_letter(value) for value in values(settings, topic(settings, Topic.DEAD_LETTERS))]


def delete(settings: Settings, deleted: Topic) -> None:
    """Delete a topic, and wait until the broker lists it no more: Apache Kafka still does just after its reply."""
    name = topic(settings, deleted)
    with admin(settings) as client:
        client.delete_topics([name])
        until(lambda: not described(settings, client, [name]), lambda: f"{name} is still there")


def committed(settings: Settings) -> int:
    """Return the number of records that the workers' group has committed."""
    group = f"{settings.kafka.prefix}worker"
    with closing(KafkaConsumer(**client_options(settings), group_id=group, metrics_enabled=False)) as consumer:
        calls = topic(settings, Topic.CALL_ATTEMPTS)
        offsets = (consumer.committed(TopicPartition(calls, number)) for number in range(settings.kafka.partitions))
        return sum(offset for offset in offsets if offset is not None and offset > 0)
