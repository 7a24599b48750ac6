"""Where a caller's pseudonym is stored, and until when, to answer a person's request."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.kafka import dead_letters
from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, records
from agents.kafka.topics import topic_plans
from config.settings import Settings
from streams.calls.callers import FOLLOWED_BY
from streams.decoding import UNREADABLE
from streams.kept.record import inflated

_UNTIL: Final = "retention.ms", "segment.ms", "max.compaction.lag.ms"


class Holding(NamedTuple):
    """How many records in a place contain a pseudonym, and when they are deleted; None if unknown."""

    place: str  # a topic, or a file
    records: int
    gone: datetime | None


def holdings(settings: Settings, pseudonym: str, state_dir: Path) -> list[Holding]:
    """Return every place that has a pseudonym: topics, including records not yet compacted, and files of this machine.

    Raises `KafkaError` if the broker does not answer.
    """
    found = []
    for name, plan in topic_plans(settings).items():
        kept = sum(int(plan.configs.get(what, 0)) for what in _UNTIL)
        moments = [record.timestamp for record in records(settings, name) if _holds(settings, name, record, pseudonym)]
        if moments:
            last = datetime.fromtimestamp(max(moments) / 1000, ZoneInfo(settings.timezone))
            found.append(Holding(name, len(moments), last + timedelta(milliseconds=kept) if kept > 0 else None))
    for path in sorted((state_dir / "follow").glob("*.json")):
        if count := path.read_bytes().count(pseudonym.encode()):
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone(ZoneInfo(settings.timezone))
            found.append(Holding(str(path), count, written + timedelta(seconds=settings.retention.pseudonyms)))
    return found


def _holds(settings: Settings, name: str, record: Record, pseudonym: str) -> bool:
    texts = (record.key or b"", *_texts(settings, name, record.value or b""))
    return any(each in text for each in _forms(pseudonym) for text in texts)


def _forms(pseudonym: str) -> tuple[bytes, bytes]:
    """Return the two forms of a pseudonym: in events, and in a state that follows callers through a day."""
    return pseudonym.encode(), pseudonym[FOLLOWED_BY].encode()


def _texts(settings: Settings, name: str, value: bytes) -> Iterator[bytes]:
    yield value
    if name == topic(settings, Topic.DEAD_LETTERS):
        try:
            yield dead_letters.decode_letter(value).original or b""
        except UNREADABLE:
            return
    elif name == topic(settings, Topic.STATE) and value:
        try:
            yield inflated(value)
        except (ValueError, zlib.error):
            return
