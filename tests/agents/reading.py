"""What stands in a topic, and a topic that goes, for the tests."""

from __future__ import annotations

import time

from agents.kafka import dead_letters, reading
from agents.kafka.client import Topic, admin, topic
from agents.kafka.topics import described
from config.settings import Settings


def values(settings: Settings, name: str) -> list[bytes]:
    """Return every value of a topic, as far as it reaches now."""
    return [record.value or b"" for record in reading.records(settings, name)]


def letters(settings: Settings) -> list[dead_letters.DeadLetter]:
    """Return the dead letters."""
    return [dead_letters.decode_letter(value) for value in values(settings, topic(settings, Topic.DEAD_LETTERS))]


def delete(settings: Settings, deleted: Topic) -> None:
    """Delete a topic, and wait until the broker shows it no more: Apache Kafka does for a moment after its answer."""
    name, deadline = topic(settings, deleted), time.monotonic() + 30
    with admin(settings) as client:
        client.delete_topics([name])
        while described(settings, client, [name]):
            assert time.monotonic() < deadline, f"{name} is still there"
            time.sleep(0.1)
