"""Packed records arrive once, in order, in the right partition; refused batches are reported by topic."""

from __future__ import annotations

import random
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import codec  # type: ignore[import-untyped]  # ships no types
from kafka.admin import ConfigResource, ConfigResourceType  # type: ignore[import-untyped]  # ships no types
from kafka.record import default_records, util  # type: ignore[import-untyped]  # ships no types
from kafka.record.memory_records import MemoryRecords  # type: ignore[import-untyped]  # the same

from agents.kafka.client import Topic, admin, partition_of, producer, topic
from agents.kafka.packing import BATCH_BYTES, MAX_PACKED, PackedRecords, quicken
from agents.kafka.reading import records
from agents.kafka.sending import sending
from agents.kafka.topics import create_topics
from config.settings import Settings
from tests.waiting import PATIENCE, until

KEYS = [f"lozere/line-{number}".encode() for number in range(20)]


@given(
    st.lists(st.tuples(st.integers(0, 2**40), st.binary(max_size=9), st.none() | st.binary(max_size=300)), max_size=9)
)
def test_kafka_pythons_reader_reads_what_was_packed(told: list[tuple[int, bytes, bytes | None]]) -> None:
    packed = PackedRecords()
    assert all(packed.append(*each) for each in told)
    packed.set_producer_state(7, 1, 42, _is_transactional=False)
    packed.close()
    assert not packed.append(0, b"late", b"")
    assert packed.is_full()
    batches = list(MemoryRecords(packed.buffer()))
    found = [(each.offset, each.timestamp, each.key, each.value) for batch in batches for each in batch]
    assert found == [(offset, *each) for offset, each in enumerate(told)]
    assert [(each.producer_id, each.producer_epoch, each.base_sequence) for each in batches] == [(7, 1, 42)]
    assert packed.size_in_bytes() == len(packed.buffer())


def test_a_batch_takes_records_up_to_its_size_and_a_first_one_beyond_it() -> None:
    value, packed = bytes(1_000), PackedRecords()
    while packed.append(0, b"key", value):
        assert packed.size_in_bytes() <= BATCH_BYTES
    assert packed.next_offset() > 250
    assert PackedRecords().append(0, b"key", bytes(2 * BATCH_BYTES))


@pytest.mark.broker
def test_records_of_both_ways_arrive_once_in_order_where_their_key_belongs(settings: Settings) -> None:
    create_topics(settings)
    calls, failures = topic(settings, Topic.CALL_ATTEMPTS), list[Any]()
    large = random.Random(7).randbytes(MAX_PACKED)  # larger records go kafka-python's way
    with closing(producer(settings)) as client:
        for number in range(3_000):
            key, value = KEYS[number % 20], b"%d " % number + (large if number % 1_000 == 3 else b"{}")
            if number % 7 == 3:
                client.send(calls, value, key)
            else:
                client.pack(calls, key, value, lambda *error: failures.append(error))
    assert failures == []
    found = list(records(settings, calls))
    assert all(each.partition == partition_of(each.key or b"", settings.kafka.partitions) for each in found)
    for number, key in enumerate(KEYS):
        of_key = [int((each.value or b"").split(b" ", 1)[0]) for each in found if each.key == key]
        assert of_key == list(range(number, 3_000, 20))


@pytest.mark.broker
def test_a_batch_that_the_broker_refuses_and_those_after_it_are_each_reported_once_by_topic(settings: Settings) -> None:
    create_topics(settings)
    calls, chance, failures = topic(settings, Topic.CALL_ATTEMPTS), random.Random(7), list[tuple[str, BaseException]]()
    limit_messages(settings, calls, 20_000)
    with closing(producer(settings)) as client:
        for values in ([b"first"], [chance.randbytes(1_000) for _ in range(60)], [b"last"]):
            for value in values:
                client.pack(calls, KEYS[0], value, lambda *error: failures.append(error))
            client.flush(PATIENCE)
    assert [(name, type(error).__name__) for name, error in failures] == [(calls, "MessageSizeTooLargeError")] * 2
    assert [each.value for each in records(settings, calls)] == [b"first"]


@pytest.mark.broker
def test_what_is_sent_is_on_the_broker_once_it_is_confirmed(settings: Settings) -> None:
    create_topics(settings)
    calls = topic(settings, Topic.CALL_ATTEMPTS)
    with sending(settings) as sender:
        for number in range(50):
            sender.send(calls, KEYS[number % 20], b"%d" % number)
            sender.send_to(calls, 0, b"any", b"there")
            if number % 10 == 9:
                sender.confirm()
                assert len(list(records(settings, calls))) == 2 * (number + 1)
    assert {each.partition for each in records(settings, calls) if each.key == b"any"} == {0}


def limit_messages(settings: Settings, name: str, size: int) -> None:
    """Limit the bytes of a topic's batches; skip the test if the broker cannot."""
    resource = ConfigResource(ConfigResourceType.TOPIC, name, {"max.message.bytes": str(size)})
    with admin(settings) as client:
        try:
            client.alter_configs([resource])
        except ValueError:
            pytest.skip("this broker has no limit by topic")
        until(lambda: "max.message.bytes" in str(client.describe_configs([resource])), every=0.2)


@given(st.binary(max_size=500), st.integers(0, 40))
def test_the_checksum_is_the_same(data: bytes, skipped: int) -> None:
    quicken()
    view = memoryview(bytearray(data))[skipped:]
    assert default_records.calc_crc32c(view) == util.calc_crc32c(view)


@given(st.lists(st.binary(max_size=500), min_size=1, max_size=3))
def test_what_was_packed_is_the_same(parts: list[bytes]) -> None:
    quicken()
    packed = b"".join(codec.gzip_encode(part) for part in parts)
    for told in (packed, memoryview(packed)):
        assert default_records.gzip_decode(told) == codec.gzip_decode(packed) == b"".join(parts)


def test_the_compiled_ones_are_there() -> None:
    quicken()
    assert default_records.calc_crc32c is not util.calc_crc32c
    assert default_records.gzip_decode is not codec.gzip_decode
