"""Reads every fetched batch: one that cannot be decoded becomes a record that names it.

Both clients raise for the whole batch, at every attempt, if a header key is not UTF-8 or a codec is not installed. Here
a batch that a client refuses is decoded again without its headers. If that fails too, the rest of the batch becomes one
record at its last offset, without a key, whose value is `Unreadable`. As it is not JSON, all readers treat it as junk;
the worker writes a dead letter with the reason, and the audit reports a breach.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from aiokafka import codec as of_aiokafka
from kafka import codec  # type: ignore[import-untyped]  # ships no types
from kafka.consumer import fetcher  # type: ignore[import-untyped]  # the same
from kafka.record import default_records  # type: ignore[import-untyped]  # the same
from kafka.record.util import decode_varint  # type: ignore[import-untyped]  # the same

from streams.decoding import Unreadable

LATEST: Final = 253_402_300_799_999  # epoch ms: the end of the year 9999, beyond which Python has no date
NO_TIMESTAMP: Final = -1  # Kafka's own
CODECS: Final = ("snappy", "lz4", "zstd")

_HEAD: Final = struct.Struct(">qi")  # base offset, bytes of the rest
_MAGIC: Final = 16  # the place of the version of a batch
_LAST: Final = struct.Struct(">i")  # from the base offset to the last one,
_LAST_AT: Final = 23  # at this place of a batch of version 2


class ReadRecord(NamedTuple):
    """A record with the attributes that both clients use, for a record that a client could not decode."""

    offset: int
    timestamp: int  # epoch ms, or NO_TIMESTAMP
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    timestamp_type: int = 0
    checksum: None = None
    size_in_bytes: int = 0

    def validate_crc(self) -> bool:
        """Return True: the batch was checked."""
        return True


class ReadableBatches:
    """A client's `MemoryRecords`, whose batches raise nothing."""

    def __init__(self, records_of: Callable[[bytes], Any], data: bytes) -> None:
        self._records = records_of(data)
        self._data = data
        self._place = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- any attribute of the client's
        return getattr(self._records, name)

    def next_batch(self) -> ReadableBatch | None:
        if (batch := self._records.next_batch()) is None:
            return None
        begin = self._place
        self._place += _HEAD.size + _HEAD.unpack_from(self._data, begin)[1]
        return ReadableBatch(batch, bytes(self._data[begin : self._place]))


class ReadableBatch:
    """A client's batch, which raises nothing."""

    def __init__(self, batch: Any, data: bytes) -> None:  # noqa: ANN401 -- of either client
        self._batch = batch
        self._data = data
        self._sound = True

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- any attribute of the client's
        return getattr(self._batch, name)

    def __next__(self) -> Any:  # noqa: ANN401 -- the only record of a transaction's marker
        return next(self._batch)

    def validate_crc(self) -> bool:
        """Return True; a batch with a wrong checksum has one record, which says so."""
        self._sound = self._batch.validate_crc()
        return True

    def __iter__(self) -> Iterator[Any]:
        if not self._sound:
            return iter([self._unreadable(self._base, "its checksum is wrong")])
        try:
            found = list(self._batch)
        except Exception:  # noqa: BLE001 -- a client, a codec or Python may raise it
            found = list(self._leniently())
        return (each if self._is_moment(each.timestamp) else _without_timestamp(each) for each in found)

    @property
    def _base(self) -> int:
        return int(_HEAD.unpack_from(self._data)[0])

    @staticmethod
    def _is_moment(timestamp: int | None) -> bool:
        return timestamp is None or NO_TIMESTAMP <= timestamp <= LATEST  # version 0 has none

    def _leniently(self) -> Iterator[ReadRecord]:
        """Yield the records without their headers, and one for the rest after an error."""
        following = self._base
        try:
            for record in _WithoutHeaders(self._data):
                yield record
                following = record.offset + 1
        except Exception as error:  # noqa: BLE001 -- as above
            yield self._unreadable(following, f"{type(error).__name__}: {error}")

    def _unreadable(self, first: int, why: str) -> ReadRecord:
        last = self._base + (_LAST.unpack_from(self._data, _LAST_AT)[0] if self._data[_MAGIC] >= 2 else 0)  # noqa: PLR2004 -- the version
        return ReadRecord(last, NO_TIMESTAMP, None, Unreadable(f"offsets {first} to {last}: {why}".encode()), [])


def _without_timestamp(record: Any) -> ReadRecord:  # noqa: ANN401 -- of either client
    return ReadRecord(record.offset, NO_TIMESTAMP, record.key, record.value, list(record.headers))


class _WithoutHeaders(default_records.DefaultRecordBatch):  # type: ignore[misc]  # its base has no types
    """A batch of version 2 whose headers are skipped."""

    _pos: int

    def _read_msg(self, decode_varint: Any = decode_varint) -> ReadRecord:  # noqa: ANN401 -- kafka-python's signature
        buffer = self._buffer
        length, begin = decode_varint(buffer, self._pos)
        _, place = decode_varint(buffer, begin)  # attributes: none are defined yet
        delta, place = decode_varint(buffer, place)
        offset, place = decode_varint(buffer, place)
        parts = list[bytes | None]()
        for _ in ("key", "value"):
            size, place = decode_varint(buffer, place)
            parts.append(bytes(buffer[place : place + size]) if size >= 0 else None)
            place += max(0, size)
        if not place <= begin + length <= len(buffer):
            raise ValueError(f"a record of {length} bytes ends beyond its batch")
        self._pos = begin + length
        timestamp = self.max_timestamp if self.timestamp_type else self.first_timestamp + delta
        return ReadRecord(self.base_offset + offset, timestamp, parts[0], parts[1], [])


def read_everything() -> None:
    """Let kafka-python read by `ReadableBatches`, and decompress with the compiled codecs of aiokafka's library."""
    known = fetcher.MemoryRecords
    fetcher.MemoryRecords = lambda data: ReadableBatches(known, data)
    for name in CODECS:
        setattr(codec, f"has_{name}", getattr(of_aiokafka, f"has_{name}"))
        setattr(default_records, f"{name}_decode", getattr(of_aiokafka, f"{name}_decode"))
