"""A copy of the topics that events cannot derive again, in files, and its restoration into an empty cluster.

A file has the records of one topic: partition, moment, key, value and headers. Offsets are not restored, but for the
log, whose entries name offsets of the log: it begins at 0 and has no gap, so its copy has the same offsets. States name
offsets of events, which are not copied: `kafka.epoch` is raised, and workers count the new topics from offset 0.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final, Literal, NamedTuple, cast

import msgspec
from msgspec import Struct

from agents.draft import write_whole
from agents.kafka.client import KafkaError, Topic, topic
from agents.kafka.reading import Record, TopicReader, place_of, records
from agents.kafka.sending import CopiedRecord, sending
from agents.kafka.topics import INPUT_TOPICS, create_topics
from config.shared import Shared
from streams.decoding import UNREADABLE
from streams.kept import record
from streams.said import said

KEPT: Final = (Topic.REVIEWS, Topic.NOTES, Topic.LEDGER, Topic.INCIDENTS, Topic.STATE)
MANIFEST: Final = "manifest.json"  # written last: a folder without it is no whole backup
_HEAD: Final = 4  # bytes of a record's length


class BackupError(KafkaError):  # type: ignore[misc]  # its base has no types
    """A backup that cannot be made or restored."""


class Manifest(Struct, frozen=True):
    """The facts of a backup; `digests` has the SHA-256 of each partition's records, by topic and partition."""

    format: Literal[1]
    at: int  # epoch s
    partitions: int
    epoch: int
    digests: dict[str, dict[str, str]]
    records: int


class BackedUp(NamedTuple):
    """The copied records, and the events that workers had not counted yet, which are not copied."""

    records: int
    uncounted: int


_manifest: Final = msgspec.json.Decoder(Manifest).decode
_record: Final = msgspec.msgpack.Decoder(CopiedRecord).decode


def back_up(settings: Shared, folder: Path) -> BackedUp:
    """Copy the topics to a new folder.

    Raises `BackupError` if anything was written meanwhile, or if the log has a gap; `KafkaError` if no broker answers.
    """
    names = [topic(settings, each) for each in KEPT]
    digests, count, positions = dict[str, dict[str, str]](), 0, dict[tuple[str, int], int]()
    with closing(TopicReader(settings, *names)) as reader:
        before = reader.ends()
        folder.mkdir(mode=0o700)
        for each in KEPT:
            with (folder / each).open("xb") as file:
                copied = _written(_read(settings, each), file)
                digests[each] = _digests(_noted(settings, copied, positions) if each is Topic.STATE else copied)
            count += sum(1 for _ in _frames(folder / each))
        if reader.ends() != before:
            raise BackupError(said("something was written meanwhile: stop the workers, and back up to another folder"))
    made = Manifest(1, round(time.time()), settings.kafka.partitions, settings.kafka.epoch, digests, count)
    uncounted = _uncounted(settings, positions)
    write_whole(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(made)))
    return BackedUp(count, uncounted)


def restore(settings: Shared, folder: Path) -> int:
    """Write the records of a backup to empty topics, which are created if missing; return their number.

    Raises `BackupError`, before anything is written, if a topic has records, if a file was changed, or if the
    configuration does not fit; `KafkaError` if no broker answers.
    """
    differing = [each for each in create_topics(settings).differences if each.what == "partitions"]
    if differing:
        raise BackupError(differing[0].sentence())
    made = _checked(settings, folder)
    _require_empty(settings)
    with sending(settings, "the backup") as sender:
        for each in KEPT:
            for one in _frames(folder / each):
                sender.copy(topic(settings, each), one)
    for each in KEPT:
        if _digests(_read(settings, each)) != made.digests[each]:
            raise BackupError(
                said("{topic} differs from the backup after its restoration", topic=topic(settings, each))
            )
    return made.records


def _require_empty(settings: Shared) -> None:
    """Raise `BackupError` if a topic has or had records."""
    with closing(TopicReader(settings, *(topic(settings, each) for each in Topic))) as reader:
        found = {str(tp.topic) for tp, end in reader.ends().items() if end > 0}
        # The embedded broker returns the beginning of a partition's last batch as the partition's end.
        found |= {each.topic for each in reader.poll()}
    if found:
        raise BackupError(said("{topic} has records already: restore into an empty cluster", topic=min(found)))


def _checked(settings: Shared, folder: Path) -> Manifest:
    """Return the manifest of a backup that is whole and fits the configuration."""
    try:
        made = _manifest((folder / MANIFEST).read_bytes())
        changed = [each for each in KEPT if _digests(_frames(folder / each)) != made.digests[each]]
    except (*UNREADABLE, KeyError, FileNotFoundError):
        raise BackupError(said("{folder} is no whole backup", folder=str(folder))) from None
    if changed:
        raise BackupError(said("{file} was changed after the backup", file=str(folder / changed[0])))
    if made.partitions != settings.kafka.partitions:
        raise BackupError(said("the backup has {count} partitions: set kafka.partitions to it", count=made.partitions))
    if made.epoch >= settings.kafka.epoch:
        raise BackupError(
            said("the new topics of events begin at 0: set kafka.epoch to {epoch} or more", epoch=made.epoch + 1)
        )
    return made


def without_gap(log: Iterable[Record]) -> Iterator[Record]:
    """Yield the records of the log; raise `BackupError` if a partition does not begin at 0 or has a gap."""
    following = Counter[int]()
    for each in log:
        expected = following[each.partition]
        if each.offset != expected:
            place = place_of(each)
            raise BackupError(
                said("{place} should be at {expected}: entries name offsets of the log", place=place, expected=expected)
            )
        following[each.partition] += 1
        yield each


def _read(settings: Shared, name: Topic) -> Iterator[CopiedRecord]:
    """Yield the records of a topic; raise `BackupError` if the log has a gap."""
    found = records(settings, topic(settings, name))
    for each in without_gap(found) if name is Topic.REVIEWS else found:
        headers = [(name, value or b"") for name, value in cast("Any", each).headers]  # kafka-python sends no null
        yield CopiedRecord(each.partition, each.timestamp, each.key, each.value, headers)


def _written(copied: Iterable[CopiedRecord], file: IO[bytes]) -> Iterator[CopiedRecord]:
    """Write records to a file, and yield them."""
    for each in copied:
        encoded = msgspec.msgpack.encode(each)
        file.write(len(encoded).to_bytes(_HEAD, "big") + encoded)
        yield each


def _frames(path: Path) -> Iterator[CopiedRecord]:
    """Yield the records of a file; raise one of `UNREADABLE` if it is cut or changed beyond reading."""
    with path.open("rb") as file:
        while head := file.read(_HEAD):
            yield _record(file.read(int.from_bytes(head, "big")))


def _digests(copied: Iterable[CopiedRecord]) -> dict[str, str]:
    """Return the SHA-256 of each partition's records."""
    found = defaultdict[int, Any](sha256)
    for each in copied:
        found[each.partition].update(msgspec.msgpack.encode(each))
    return {str(number): found[number].hexdigest() for number in sorted(found)}


def _noted(
    settings: Shared, states: Iterable[CopiedRecord], positions: dict[tuple[str, int], int]
) -> Iterator[CopiedRecord]:
    """Note up to which offset each intake has counted, by topic and partition, and yield the states."""
    for each in states:
        kind, _, rest = (each.key or b"").decode(errors="replace").partition(" ")
        name, _, number = rest.partition(" ")
        if kind == "intake" and each.value and (known := INPUT_TOPICS.get(cast("Any", name))) and number.isdecimal():
            folded = record.position(each.value)
            if folded.epoch == settings.kafka.epoch:
                key = topic(settings, known), int(number)
                positions[key] = max(positions.get(key, -1), folded.offset)
        yield each


def _uncounted(settings: Shared, positions: Mapping[tuple[str, int], int]) -> int:
    """Return the number of events that no intake has counted."""
    with closing(TopicReader(settings, *(topic(settings, each) for each in INPUT_TOPICS.values()))) as reader:
        starts = reader.starts()
        return sum(
            max(0, end - max(starts[tp], positions.get((tp.topic, tp.partition), -1) + 1))
            for tp, end in reader.ends().items()
        )
