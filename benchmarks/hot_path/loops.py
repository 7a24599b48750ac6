"""Loops over aiokafka alone: one that only decodes, and one that counts like a program written by hand.

`benchmarks.hot_path.ways` starts each in a process of its own.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from agents.garbage import collect_seldom
from benchmarks.hot_path.asked import PARTITIONS, asked
from benchmarks.hot_path.figures import Figures, begun, count, summary
from benchmarks.hot_path.stopwatch import Stopwatch, tell
from streams.events import CallEvent, TicketEvent


def decoders() -> dict[str, Callable[[bytes], Any]]:
    """Return the decoders of the records of each topic."""
    told = asked()
    return {
        told.calls: msgspec.json.Decoder(CallEvent).decode,
        told.tickets: msgspec.json.Decoder(TicketEvent).decode,
    }


async def bare() -> None:
    told, watch, seen = asked(), Stopwatch(), 0
    consumer = AIOKafkaConsumer(bootstrap_servers=told.broker, enable_auto_commit=False)
    await consumer.start()
    partitions = [TopicPartition(topic, number) for topic in told.topics for number in range(PARTITIONS)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    decode_of = decoders()
    watch.start()
    while seen < told.events:
        batches = await consumer.getmany(timeout_ms=1000)
        for partition, records in batches.items():
            decode = decode_of[partition.topic]
            for record in records:
                decode(record.value)
            seen += len(records)
    watch.stop()
    tell(watch, seen, {})


async def by_hand() -> None:
    """Keep the figures of every line and service in a group that commits, without any framework."""
    told, watch, seen = asked(), Stopwatch(), 0
    figures: dict[bytes, Figures] = {}
    consumer = AIOKafkaConsumer(
        *told.topics,
        bootstrap_servers=told.broker,
        group_id=f"by-hand-{time.time_ns()}",
        auto_offset_reset="earliest",
        session_timeout_ms=6000,
    )
    await consumer.start()
    decode_of = decoders()
    while not consumer.assignment():  # noqa: ASYNC110 -- the consumer has no event for it
        await asyncio.sleep(0.01)
    watch.start()
    while seen < told.events:
        batches = await consumer.getmany(timeout_ms=1000)
        for partition, records in batches.items():
            decode = decode_of[partition.topic]
            for record in records:
                event = decode(record.value)
                if (desk := figures.get(record.key)) is None:
                    desk = figures[record.key] = begun()
                count(desk, event.type, event.at, getattr(event, "wait", None))
            seen += len(records)
    await consumer.commit()
    watch.stop()
    tell(watch, seen, {key.decode(): summary(each) for key, each in figures.items()})


def main() -> None:
    way = sys.argv[1]
    if way == "tuned":
        collect_seldom()  # as a worker does
    asyncio.run(by_hand() if way == "by-hand" else bare())


if __name__ == "__main__":
    main()
