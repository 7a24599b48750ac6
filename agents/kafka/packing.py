"""A producer that packs records by aiokafka's compiled code, in an eighth of kafka-python's CPU time.

kafka-python encodes each record in Python, and makes several objects for each. Here a record costs one call of
compiled code, and an error is reported once for its batch. Connections, leaders, retries and sequence numbers are
kafka-python's as before: it takes these batches like its own. The private names below are from version 3.0.12.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, TypeAlias

from aiokafka.record import default_records as of_aiokafka
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c
from kafka import KafkaProducer, TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka.errors import IllegalStateError  # type: ignore[import-untyped]  # the same
from kafka.producer.producer_batch import ProducerBatch  # type: ignore[import-untyped]  # the same
from kafka.record import default_records  # type: ignore[import-untyped]  # ships no types

LEVEL: Final = 3  # of gzip: 1.9 us for an event, which has 37 bytes then; by aiokafka's 9, 6.8 us and 31 bytes
GZIP: Final = 1  # Kafka's number
MAGIC: Final = 2  # of the record format since Kafka 0.11, which idempotence needs
BATCH_BYTES: Final = 262_144  # before compression; a larger record has a batch of its own
MAX_PACKED: Final = 131_072  # bytes of a record; kafka-python checks the size of larger ones

MAX_KEYS: Final = 65_536  # whose partitions are remembered

Failed: TypeAlias = Callable[[str, BaseException], None]  # takes the topic and the error


class PackedRecords:
    """The records of a batch, in place of kafka-python's `MemoryRecordsBuilder`."""

    def __init__(self) -> None:
        self._builder: Any = DefaultRecordBatchBuilder(MAGIC, GZIP, 0, -1, -1, -1, BATCH_BYTES)
        self._append = self._builder.append
        self._count = 0
        self._buffer: bytes | None = None
        self.producer_id = self.producer_epoch = self.base_sequence = -1

    def append(self, moment: int, key: bytes, value: bytes | None) -> bool:
        """Add a record of a moment (epoch ms); return False if the batch is full or closed."""
        if self._buffer is not None or self._append(self._count, moment, key, value, []) is None:
            return False
        self._count += 1
        return True

    def set_producer_state(self, producer_id: int, epoch: int, sequence: int, _is_transactional: bool) -> None:  # noqa: FBT001 -- kafka-python's call
        self.producer_id, self.producer_epoch, self.base_sequence = producer_id, epoch, sequence
        self._builder.set_producer_state(producer_id, epoch, sequence)

    def close(self) -> None:
        """Compress the records; later calls change nothing, as a retry must send the same bytes."""
        if self._buffer is None:
            self._buffer = bytes(self._builder.build())
            self._builder = self._append = None

    def buffer(self) -> bytes:
        assert self._buffer is not None
        return self._buffer

    def size_in_bytes(self) -> int:
        return self._builder.size() if self._buffer is None else len(self._buffer)

    def is_full(self) -> bool:
        return self._buffer is not None or self._builder.size() >= BATCH_BYTES

    def next_offset(self) -> int:
        return self._count


class PackedBatch(ProducerBatch):  # type: ignore[misc]  # its base has no types
    """A batch of one partition; `failed` is called once if it cannot be written."""

    def __init__(self, partition: TopicPartition, failed: Failed) -> None:
        super().__init__(partition, PackedRecords())
        self._failed = failed
        self.produce_future.add_callback(self._written)

    def try_append(self, *_record: object, **_options: object) -> None:
        """Accept no record of kafka-python's own `send`, which continues in a batch of its own kind."""

    def _written(self, outcome: tuple[int, int, Callable[[int], BaseException] | None]) -> None:
        _, _, error_of = outcome
        if error_of is not None:
            self._failed(self.topic_partition.topic, error_of(0))


class PackingProducer(KafkaProducer):  # type: ignore[misc]  # its base has no types
    """A producer with a cheaper `pack` beside `send`; records of both reach a partition in the order of the calls.

    `partition_of` returns a key's partition among a number of partitions; at most `partitions` are used.
    """

    def __init__(self, *, partition_of: Callable[[bytes, int], int], partitions: int, **options: Any) -> None:  # noqa: ANN401 -- kafka-python's
        super().__init__(compression_type="gzip", **options)
        # A batch that the broker finds too large is an error. kafka-python would halve it, but its flush then fails.
        self._sender._can_split = lambda *_: False  # noqa: SLF001 -- it has no other name
        self._most = partitions
        self._count_of: dict[str, int] = {}  # partitions of each topic
        self._home_of = lru_cache(MAX_KEYS)(
            lambda topic, key: TopicPartition(topic, partition_of(key, self._count_of[topic]))
        )

    def pack(
        self, topic: str, key: bytes | None, value: bytes | None, failed: Failed, partition: int | None = None
    ) -> None:
        """Send a record as `send` does; a batch that is not written calls `failed` with its topic and the error."""
        if topic not in self._count_of or key is None or len(key) + len(value or b"") > MAX_PACKED:
            self.send(topic, value, key, partition=partition).add_errback(lambda error: failed(topic, error))
            if found := self._metadata.partitions_for_topic(topic):
                self._count_of[topic] = min(self._most, len(found))
            return
        home = self._home_of(topic, key) if partition is None else TopicPartition(topic, partition)
        accumulator, moment = self._accumulator, int(time.time() * 1000)
        with accumulator._tp_lock(home):  # noqa: SLF001 -- it has no other name
            if self._closed:
                raise IllegalStateError("the producer is closed")
            waiting = accumulator._batches[home]  # noqa: SLF001 -- the same
            if waiting and type(waiting[-1]) is PackedBatch and waiting[-1].records.append(moment, key, value):
                return
            batch = PackedBatch(home, failed)
            batch.records.append(moment, key, value)
            waiting.append(batch)
            accumulator._incomplete.add(batch)  # noqa: SLF001 -- the same
        self._sender.wakeup()


def quicken() -> None:
    """Let kafka-python and aiokafka compress and decompress gzip in one call, and compute CRC-32C by compiled code.

    aiokafka has compiled code unless it was built without a compiler. On a ledger of 196,200 records, 318 MB, the
    checksums took 8.6 s of CPU in Python, and take 2.4 s; for 204,145 batches of one record, which compaction leaves,
    kafka-python's gzip through a file object took 3.7 s, and takes 2.6 s.
    """
    default_records.gzip_decode = gzip.decompress
    for name in {of_aiokafka.__name__, of_aiokafka.DefaultRecordBatchBuilder.__module__}:
        module: Any = import_module(name)
        module.gzip_encode, module.gzip_decode = packed, gzip.decompress
    default_records.calc_crc32c = calc_crc32c


def packed(data: bytes) -> bytes:
    return gzip.compress(data, LEVEL, mtime=0)
