"""What stands in a topic, read from its beginning."""

from __future__ import annotations

from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types

from agents import dead_letters
from agents.kafka import Topic, client_options, topic
from config.settings import Settings


def records(settings: Settings, name: str) -> list[bytes]:
    """Return every value of a topic, as far as it reaches now."""
    consumer = KafkaConsumer(**client_options(settings), enable_auto_commit=False, metrics_enabled=False)
    try:
        partitions = [TopicPartition(name, number) for number in range(settings.kafka.partitions)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        values: list[bytes] = []
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            for fetched in consumer.poll(1000).values():
                values += [record.value for record in fetched]
        return values
    finally:
        consumer.close()


def letters(settings: Settings) -> list[dead_letters.DeadLetter]:
    """Return the dead letters."""
    return [dead_letters.decode(value) for value in records(settings, topic(settings, Topic.DEAD_LETTERS))]
