"""Batches as other producers write them, and broken ones: each is read, or named and passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from aiokafka import ConsumerRecord, codec
from aiokafka.consumer import fetcher as of_aiokafka
from aiokafka.record import default_records, memory_records
from confluent_kafka import Producer
from kafka import TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka.consumer import fetcher as of_kafka_python  # type: ignore[import-untyped]  # the same

from agents.history.ledger import History
from agents.kafka.client import Topic, partition_of, producer, topic
from agents.kafka.topics import create_topics
from agents.kafka.unpacking import LATEST, ReadableBatches
from config.settings import Settings
from streams.decoding import Decoder, Invalid, Unreadable
from streams.events import CallEvent
from streams.indicators.period import Period
from tests.agents.office import CommandedOffice
from tests.agents.running import board, worker
from tests.streams.telling import value

HERE: Final = TopicPartition("calls", 3)
CODECS: Final = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}

Row = tuple[int, int, bytes | None, bytes | None]


def by_kafka_python(data: bytes) -> Iterator[Any]:
    batches = of_kafka_python.MemoryRecords(data)
    return iter(of_kafka_python.Fetcher.PartitionRecords(0, HERE, batches).take())


def by_aiokafka(data: bytes) -> Iterator[Any]:
    batches = ReadableBatches(memory_records.MemoryRecords, data)
    return iter(
        of_aiokafka.PartitionRecords(
            HERE, batches, [], 0, None, None, check_crcs=True, isolation_level=of_aiokafka.READ_COMMITTED
        )
    )


CLIENTS: Final[tuple[Callable[[bytes], Iterator[Any]], ...]] = (by_kafka_python, by_aiokafka)
both = pytest.mark.parametrize("client", CLIENTS)


def batch(base: int, *values: bytes, kind: int = 0, moment: int = 1_000, header: bytes = b"") -> bytearray:
    """Return a batch of records from an offset on; a character of a header's key is replaced by `header`."""
    builder = default_records.DefaultRecordBatchBuilder(2, kind, 0, -1, -1, -1, 1_000_000)
    for place, each in enumerate(values):
        builder.append(place, moment, b"key", each, [("?", b"of a header")] if header else [])
    made = bytearray(builder.build())
    if header:
        made[:] = made.replace(b"\x02?", b"\x02" + header)
    return sealed(made, base)


def sealed(made: bytearray, base: int) -> bytearray:
    made[:8] = base.to_bytes(8, "big")
    made[17:21] = default_records.calc_crc32c(bytes(made[21:])).to_bytes(4, "big")
    return made


def with_codec(made: bytearray, number: int, base: int = 0) -> bytearray:
    made[22] = made[22] & ~7 | number
    return sealed(made, base)


def read(client: Callable[[bytes], Iterator[Any]], *batches: bytes | bytearray) -> list[Row]:
    return [(each.offset, each.timestamp, each.key, each.value) for each in client(b"".join(batches))]


AFTER: Final = (9, 1_000, b"key", b"after")


@both
@pytest.mark.parametrize("kind", CODECS)
def test_every_codec_is_read(client: Callable[[bytes], Iterator[Any]], kind: str) -> None:
    found = read(client, batch(0, b"one", b"two" * 500, kind=CODECS[kind]), batch(9, b"after"))
    assert found == [(0, 1_000, b"key", b"one"), (1, 1_000, b"key", b"two" * 500), AFTER]


@both
@pytest.mark.parametrize("kind", CODECS)
def test_a_header_that_is_no_text_hides_no_record(client: Callable[[bytes], Iterator[Any]], kind: str) -> None:
    made = batch(0, b"one", b"two", header=b"\xff")
    if CODECS[kind]:
        packed = getattr(codec, f"{kind}_encode")(bytes(made[61:]))
        made = with_codec(made[:61] + bytearray(packed), CODECS[kind])
        made[8:12] = (len(made) - 12).to_bytes(4, "big")
    found = read(client, made, batch(9, b"after"))
    assert found == [(0, 1_000, b"key", b"one"), (1, 1_000, b"key", b"two"), AFTER]


@both
@pytest.mark.parametrize("moment", [-(2**62), -2, LATEST + 1, 2**62])
def test_a_timestamp_that_is_no_moment_is_none(client: Callable[[bytes], Iterator[Any]], moment: int) -> None:
    assert read(client, batch(0, b"one", moment=moment), batch(9, b"after")) == [(0, -1, b"key", b"one"), AFTER]


def cut(made: bytearray) -> bytearray:
    made[61] = 126  # the first record says that it is longer than it is
    return sealed(made, 0)


def with_wrong_checksum(made: bytearray) -> bytearray:
    made[17] ^= 255
    return made


@both
@pytest.mark.parametrize(
    ("spoiled", "why"),
    [
        (partial(with_codec, number=7), b"compress"),
        (partial(with_codec, number=4), b"Decompress"),
        (partial(with_codec, number=1), b"BadGzipFile"),
        (cut, b"ends beyond its batch"),
        (with_wrong_checksum, b"its checksum is wrong"),
    ],
)
def test_a_batch_that_cannot_be_decoded_is_named_and_passed_over(
    client: Callable[[bytes], Iterator[Any]], spoiled: Callable[[bytearray], bytearray], why: bytes
) -> None:
    (offset, moment, key, says), after = read(client, spoiled(batch(0, b"one", b"two")), batch(9, b"after"))
    assert (offset, moment, key, after) == (1, -1, None, AFTER)
    assert says is not None
    assert says.startswith(b"offsets 0 to 1: ")
    assert why in says


@both
def test_records_before_a_broken_one_are_read(client: Callable[[bytes], Iterator[Any]]) -> None:
    made = batch(0, b"one", b"two")
    made[made.index(b"two") - 9] = 126  # the length of the second record
    found = read(client, sealed(made, 0), batch(9, b"after"))
    assert [found[0], found[-1]] == [(0, 1_000, b"key", b"one"), AFTER]
    assert [each[:3] for each in found[1:-1]] == [(1, -1, None)]


def test_a_batch_of_record_that_cannot_be_decoded_is_a_breach() -> None:
    history = History(Settings(site="lozere"))
    history.take(ConsumerRecord("tocsin.ledger", 3, 9, -1, 0, None, Unreadable(b"offsets 0 to 9: why"), None, 0, 0, ()))
    (found,) = history.copy().breaches("lozere", Period.of_year(2013))
    assert (found.kind, found.subject) == ("record-unreadable", "tocsin.ledger/3@9")


def test_a_dead_letter_of_such_a_batch_has_its_offsets() -> None:
    with pytest.raises(Invalid, match="offsets 0 to 9: why") as refused:
        Decoder(CallEvent).decode(Unreadable(b"offsets 0 to 9: why"))
    assert refused.value.reason == "unreadable"


class NoText(str):
    """A header's key as no client would write it."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe"


@pytest.mark.broker
def test_what_another_client_writes_to_any_topic_stops_nothing(settings: Settings, tmp_path: Path) -> None:
    """Each topic has a batch of each codec by librdkafka, a header that is no text, and a moment of no date."""
    create_topics(settings)
    office = CommandedOffice(settings, tmp_path, "site: lozere\nlines: {standard: {}}\n")
    for kind in CODECS:
        stranger = Producer({"bootstrap.servers": settings.kafka.bootstrap, "compression.type": kind, "log_level": 2})
        for name in Topic:
            stranger.produce(topic(settings, name), b"junk" * 500, b"lozere/standard", 0)
        assert stranger.flush() == 0
    with producer(settings) as client:
        for name in Topic:
            for more in ({"headers": [(NoText("?"), b"")]}, {"timestamp_ms": -(2**62)}):
                client.send(topic(settings, name), b"junk", b"lozere/standard", partition=0, **more).get()
        home = partition_of(b"lozere/standard", settings.kafka.partitions)
        client.send(topic(settings, Topic.CALL_ATTEMPTS), value(), b"lozere/standard", partition=home).get()
    with worker(settings, **office.environment) as running:
        running.await_page("/metrics", 'tocsin_calls_answered_total{line="standard",site="lozere"} 1.0')
        assert running.total("tocsin_events_total", topic=topic(settings, Topic.CALL_ATTEMPTS), result="invalid") == 7
        running.await_page("/healthz", '"status": "ok"')
    with board(settings, **office.environment) as shown:
        shown.await_page("/healthz", "ok")
        shown.await_page("/years")
    for words in (["totals", "--year", "1970"], ["audit"], ["review", "list"], ["dead-letters"]):
        done = office.command(*words)
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exception)
        assert "Traceback" not in done.output
