"""What stands in a topic, and a topic that goes, for the tests."""

from __future__ import annotations

from agents.kafka import dead_letters, reading
from agents.kafka.client import Topic, admin, topic
from agents.kafka.topics import described
from config.settings import Settings
from tests.waiting import until


def values(settings: Settings, name: str) -> list[bytes]:
    """Return every value of a topic, as far as it reaches now."""
    return [record.value or b"" for record in reading.records(settings, name)]


def letters(settings: Settings) -> list[dead_letters.DeadLetter]:
    """Return the dead letters."""
    return [dead_letters.decode_letter(value) for value in values(settings, topic(settings, Topic.DEAD_LETTERS))]


def delete(settings: Settings, deleted: Topic) -> None:
    """Delete a topic, and wait until the broker shows it no more: Apache Kafka does for a moment after its answer."""
    name = topic(settings, deleted)
    with admin(settings) as client:
        client.delete_topics([name])
        until(lambda: not described(settings, client, [name]), lambda: f"{name} is still there")
