"""What stands in a topic, for the tests."""

from __future__ import annotations

from agents.kafka import dead_letters, reading
from agents.kafka.client import Topic, topic
from config.settings import Settings


def values(settings: Settings, name: str) -> list[bytes]:
    """Return every value of a topic, as far as it reaches now."""
    return [record.value or b"" for record in reading.records(settings, name)]


def letters(settings: Settings) -> list[dead_letters.DeadLetter]:
    """Return the dead letters."""
    return [dead_letters.decode_letter(value) for value in values(settings, topic(settings, Topic.DEAD_LETTERS))]
