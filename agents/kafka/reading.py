"""Reads topics from their beginnings, without a group or commits."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Protocol

import msgspec
import structlog
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka.errors import TopicAuthorizationFailedError  # type: ignore[import-untyped]

from agents.kafka.client import KafkaError, admin, client_options
from agents.kafka.refusals import Right, lacking
from agents.kafka.topics import require_topics
from agents.progress import ProgressBar, is_shown
from config.shared import Shared
from streams.kept.runs import Run, Runs
from streams.said import said

log = structlog.get_logger()

WAIT_MS = 1_000
ANSWER_MS = 30_000  # a busy broker that takes connections may answer late


class Record(Protocol):
    """A record of any topic."""

    topic: str
    partition: int
    offset: int
    timestamp: int  # epoch ms
    key: bytes | None
    value: bytes | None


class TopicReader:
    """A reader of topics from their beginnings: all partitions, each in order, or one `partition` of each topic.

    Its constructor and every method raise `KafkaError` if no broker answers or a topic is missing.
    """

    def __init__(self, settings: Shared, *names: str, partition: int | None = None) -> None:
        self._settings = settings
        with admin(settings) as client:  # its errors explain better than a consumer's why a broker or topic is missing
            described = require_topics(settings, client, names)
        # Its `partitions_for_topic` would fetch the descriptions of every topic of the brokers.
        self._consumer = KafkaConsumer(
            **client_options(settings), auto_offset_reset="none", enable_auto_commit=False, metrics_enabled=False
        )
        self._ends: Mapping[TopicPartition, int] = {}
        self._partitions = [
            TopicPartition(each["name"], number)
            for each in described
            for number in sorted(found["partition_index"] for found in each["partitions"])
            if partition in {None, number}
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
        ends = self._consumer.end_offsets(partitions, ANSWER_MS)  # first, so that records that arrive now are read
        found = self._consumer.offsets_for_times(dict.fromkeys(partitions, moment))
        for tp in partitions:
            place = found.get(tp)
            self._consumer.seek(tp, ends[tp] if place is None else place.offset)

    def close(self) -> None:
        self._consumer.close()

    def ends(self) -> Mapping[TopicPartition, int]:
        found: Mapping[TopicPartition, int] = self._consumer.end_offsets(self._partitions, ANSWER_MS)
        recreated = [str(tp.topic) for tp, end in found.items() if end < self._ends.get(tp, 0)]
        if recreated:
            raise KafkaError(said("{topic} ends before the offset already read: it was recreated", topic=recreated[0]))
        self._ends = found
        return found

    def starts(self) -> Mapping[TopicPartition, int]:
        """Return the offset of the first record that each partition still has."""
        found: Mapping[TopicPartition, int] = self._consumer.beginning_offsets(self._partitions, ANSWER_MS)
        return found

    def reached(self, ends: Mapping[TopicPartition, int]) -> bool:
        """Return whether each partition was read up to its end in `ends`."""
        return all(self._position(tp) >= end for tp, end in ends.items())

    def _position(self, partition: TopicPartition) -> int:
        found: int | None = self._consumer.position(partition, ANSWER_MS)
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
        behind = list(ends)
        while behind:
            if self._position(behind[-1]) >= ends[behind[-1]]:
                behind.pop()  # one at a time, as a topic may have hundreds of partitions
                continue
            for record in self.poll():
                yield record
                count += 1
            bar.to(count, count)
        bar.close()
        while rest := list(self.poll(0)):
            yield from rest


@contextmanager
def consumer_of(settings: Shared, partition: TopicPartition) -> Iterator[KafkaConsumer]:
    """Yield a consumer of one partition, without a group; it begins with the earliest record."""
    consumer = KafkaConsumer(
        **client_options(settings), auto_offset_reset="earliest", enable_auto_commit=False, metrics_enabled=False
    )
    with closing(consumer):
        consumer.assign([partition])
        yield consumer


def nothing_between(settings: Shared, where: tuple[str, int], first: int, end: int) -> bool:
    """Return whether a partition has no record from the offset `first` up to `end`.

    Its records may have been deleted, or the offsets may be markers of transactions, which are no records. Raises
    `KafkaError` if no broker answers.
    """
    partition = TopicPartition(*where)
    with consumer_of(settings, partition) as consumer:
        consumer.seek(partition, first)
        deadline = time.monotonic() + ANSWER_MS / 1000
        while (consumer.position(partition, ANSWER_MS) or 0) < end:
            fetched = consumer.poll(WAIT_MS).get(partition, [])
            if time.monotonic() > deadline or any(record.offset < end for record in fetched):
                return False
        return True


def between(settings: Shared, where: tuple[str, int], runs: Collection[Run]) -> Iterator[Record]:
    """Yield a partition's records at the offsets of the ascending `runs`, as far as they still exist.

    Raises `KafkaError` if no broker answers.
    """
    with admin(settings):
        pass  # for its better errors, as above
    wanted = Runs(runs)
    last = max((last for _, last in runs), default=-1)
    partition = TopicPartition(*where)
    with consumer_of(settings, partition) as consumer:
        end = min(last + 1, consumer.end_offsets([partition], ANSWER_MS)[partition])
        consumer.seek(partition, min(first for first, _ in runs))
        answered = time.monotonic()
        while (consumer.position(partition, ANSWER_MS) or 0) < end:
            if fetched := consumer.poll(WAIT_MS).get(partition):
                yield from (record for record in fetched if record.offset in wanted)
                answered = time.monotonic()
            elif time.monotonic() - answered > ANSWER_MS / 1000:
                raise KafkaError(
                    said("the broker returns no records of {topic}, although there are some", topic=where[0])
                )


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
