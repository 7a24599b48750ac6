"""Reads topics from their beginnings, without a group or commits."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Protocol

import msgspec
import structlog
from kafka import TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka.errors import TopicAuthorizationFailedError  # type: ignore[import-untyped]

from agents.kafka.client import KafkaError, admin, consumer
from agents.kafka.refusals import Right, lacking
from agents.kafka.silence import Silence
from agents.kafka.topics import require_topics
from agents.progress import ProgressBar, is_shown
from config.shared import Shared
from streams.kept.runs import Run, Runs
from streams.said import said

log = structlog.get_logger()

WAIT_MS = 1_000
MOST_LATER = 200  # polls for records that came after a reading began: a busy topic would never end


class Record(Protocol):
    topic: str
    partition: int
    offset: int
    timestamp: int  # epoch ms
    key: bytes | None
    value: bytes | None


class TopicReader:
    """A reader of topics from their beginnings: all partitions of each topic or the given ones, each in order.

    Its constructor and every method raise `KafkaError` if a topic is missing, and `AwayError` if no broker answers for
    `ANSWER_SECONDS`.
    """

    def __init__(self, settings: Shared, *names: str, partitions: Collection[int] = ()) -> None:
        self._settings = settings
        self._silence = Silence(settings, ", ".join(sorted(names)))
        with admin(settings) as client:  # its errors explain better than a consumer's why a broker or topic is missing
            described = require_topics(settings, client, names)
        # Its `partitions_for_topic` would fetch the descriptions of every topic of the brokers.
        self._consumer = consumer(settings)
        self._ends: Mapping[TopicPartition, int] = {}
        self._partitions = [
            TopicPartition(each["name"], number)
            for each in described
            for number in sorted(found["partition_index"] for found in each["partitions"])
            if not partitions or number in partitions
        ]
        try:
            self._consumer.assign(self._partitions)
            self._consumer.seek_to_beginning(*self._partitions)
        except BaseException:
            self._consumer.close()  # otherwise it would poll its brokers for ever
            raise

    def begin_at(self, name: str, moment: int) -> None:
        """Begin a topic with its first record written at or after a moment (epoch ms)."""
        partitions = [tp for tp in self._partitions if tp.topic == name]
        try:
            with self._silence.asking() as limit:  # the ends first, so that records that arrive now are read
                ends = self._consumer.end_offsets(partitions, limit)
                found = self._consumer.offsets_for_times(dict.fromkeys(partitions, moment), limit)
        except BaseException:
            self.close()  # the reader is still being made
            raise
        for tp in partitions:
            place = found.get(tp)
            self._consumer.seek(tp, ends[tp] if place is None else place.offset)

    def begin_from(self, offset: int) -> None:
        """Begin every partition with its first record at or after an offset."""
        for tp, start in self.starts().items():
            self._consumer.seek(tp, max(offset, start))

    def close(self) -> None:
        self._consumer.close()

    def ends(self) -> Mapping[TopicPartition, int]:
        with self._silence.asking() as limit:
            found: Mapping[TopicPartition, int] = self._consumer.end_offsets(self._partitions, limit)
        recreated = [str(tp.topic) for tp, end in found.items() if end < self._ends.get(tp, 0)]
        if recreated:
            raise KafkaError(said("{topic} ends before the offset already read: it was recreated", topic=recreated[0]))
        self._ends = found
        return found

    def starts(self) -> Mapping[TopicPartition, int]:
        """Return the offset of the first record that each partition still has."""
        with self._silence.asking() as limit:
            found: Mapping[TopicPartition, int] = self._consumer.beginning_offsets(self._partitions, limit)
        return found

    def reached(self, ends: Mapping[TopicPartition, int]) -> bool:
        """Return whether each partition was read up to its end in `ends`."""
        return all(self._position(tp) >= end for tp, end in ends.items())

    def _position(self, partition: TopicPartition) -> int:
        found: int | None = self._consumer.position(partition, WAIT_MS)
        return -1 if found is None else found

    def _left(self, ends: Mapping[TopicPartition, int]) -> int:
        """Return the number of offsets up to the ends, including those of records that compaction has removed."""
        starts = self.starts()
        return sum(max(0, end - starts[tp]) for tp, end in ends.items())

    def poll(self, wait_ms: int = WAIT_MS) -> Iterator[Record]:
        """Yield the next records; wait up to `wait_ms` for the first one."""
        try:
            found = self._consumer.poll(wait_ms)
        except TopicAuthorizationFailedError as error:
            (refused, *_) = error.args[0]
            raise lacking(self._settings, [Right("Read", "topic", refused)]) from None
        for fetched in found.values():
            yield from fetched

    def up_to(self, ends: Mapping[TopicPartition, int]) -> Iterator[Record]:
        """Yield the records up to the given ends, each partition in order, and any later ones fetched with them.

        The embedded broker returns the beginning of a partition's last batch as the partition's end.
        """
        left = self._left(ends) if is_shown() else None
        bar, count = ProgressBar(", ".join(sorted({str(tp.topic) for tp in ends})), left, of="records"), 0
        behind, reached = list(ends), -1
        self._silence.end()
        while behind:
            began = time.monotonic()
            before, reached = reached, self._position(behind[-1])
            if reached >= ends[behind[-1]]:
                behind.pop()  # one at a time, as a topic may have hundreds of partitions
                continue
            if fetched := list(self.poll()):
                self._silence.end()
                yield from fetched
                count += len(fetched)
            elif reached == before:
                self._silence.lasts(time.monotonic() - began)
            bar.to(count, count)
        bar.close()
        for _ in range(MOST_LATER):
            if not (rest := list(self.poll(0))):
                return
            yield from rest


def nothing_between(settings: Shared, where: tuple[str, int], first: int, end: int) -> bool:
    """Return whether a partition certainly has no record from the offset `first` up to `end`.

    Its records may have been deleted or their transaction aborted, or the offsets may be markers of transactions, which
    are no records. An open transaction may still be committed. Raises `KafkaError` if no broker answers.
    """
    name, number = where
    with closing(TopicReader(settings, name, partitions={number})) as reader:
        ends = reader.ends()
        if any(committed < end for committed in ends.values()):
            return False
        reader.begin_from(first)
        return not any(record.offset < end for record in reader.up_to(dict.fromkeys(ends, end)))


def between(settings: Shared, where: tuple[str, int], runs: Collection[Run]) -> Iterator[Record]:
    """Yield a partition's records at the offsets of the ascending `runs`, as far as they still exist.

    Raises `KafkaError` if no broker answers.
    """
    (name, number), wanted = where, Runs(runs)
    end = max((last for _, last in runs), default=-1) + 1
    with closing(TopicReader(settings, name, partitions={number})) as reader:
        reader.begin_from(min((first for first, _ in runs), default=0))
        found = reader.up_to({tp: min(end, there) for tp, there in reader.ends().items()})
        yield from (record for record in found if record.offset in wanted)


def records(settings: Shared, *names: str) -> Iterator[Record]:
    """Yield all records that topics have now, each partition in order; raise `KafkaError` if no broker answers."""
    with closing(TopicReader(settings, *names)) as reader:
        yield from reader.up_to(reader.ends())


def latest(settings: Shared, name: str) -> list[Record]:
    """Return the last record of each key of a compacted topic; raise `KafkaError` if no broker answers."""
    found: dict[bytes, Record] = {}
    for record in records(settings, name):
        if record.key is None:
            continue
        if record.value is None:
            found.pop(record.key, None)
        else:
            found[record.key] = record
    return list(found.values())


@contextmanager
def leaving_out(record: Record) -> Iterator[None]:
    """Skip, and log, a record that the block cannot decode."""
    try:
        yield
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        log.warning("skipped a record that cannot be decoded", place=place_of(record), error=str(error))


def place_of(record: Record) -> str:
    """Return a record's place, as `topic/partition@offset`."""
    return f"{record.topic}/{record.partition}@{record.offset}"
