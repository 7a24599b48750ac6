"""How fast one worker is, from decode to checkpoint, beside the bare loop and plain Faust.

Run it by `make bench`. Every way reads the same records from the same embedded broker, each in its own process, one
after the other, in several rounds. The ratio is taken round by round, so a machine that drifts or is shared bends it
less than any absolute figure. Results: benchmarks/README.md.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from agents.ingest.send import ingest
from agents.kafka.broker import embedded_broker
from agents.kafka.client import Topic, topic
from agents.kafka.topics import create_topics
from agents.ports import listener
from agents.sources.entry import Accepted
from benchmarks.traffic import LineTraffic, traffic
from config.settings import Kafka, Settings, load
from streams.events import CallEvent

EVENTS = int(os.environ.get("EVENTS", "500000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
PARTITIONS = 4


def settings() -> Settings:
    kafka = Kafka(bootstrap=os.environ["BENCH_BROKER"], partitions=PARTITIONS)
    return load(None, {}).model_copy(update={"kafka": kafka, "clock": "event"})


def busy_days(lines: list[str]) -> Iterator[CallEvent]:
    busy = [LineTraffic(line=line, calls_an_hour=400.0, lost=0.05) for line in lines]
    day = 0
    while True:
        opens = 1_400_000_000.0 + day * 86_400
        yield from traffic("lozere", busy, [(opens, opens + 28_800)], seed=1)
        day += 1


def produce() -> None:
    """Fill the topic with the calls of busy days, on as many lines as the configuration has."""
    office = settings()
    create_topics(office)
    rows = (Accepted(row, event, msgspec.json.encode(event)) for row, event in enumerate(busy_days(list(office.lines))))
    ingest(office, (next(rows) for _ in range(EVENTS)), "bench")


def bare(decode: Callable[[bytes], Any]) -> float:
    """Time an aiokafka `getmany` loop that only decodes."""
    from aiokafka import AIOKafkaConsumer
    from aiokafka.structs import TopicPartition

    async def loop() -> float:
        consumer = AIOKafkaConsumer(bootstrap_servers=os.environ["BENCH_BROKER"], enable_auto_commit=False)
        await consumer.start()
        partitions = [TopicPartition(topic(settings(), Topic.CALL_ATTEMPTS), p) for p in range(PARTITIONS)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        begin = time.perf_counter()
        seen = 0
        while seen < EVENTS:
            for fetched in (await consumer.getmany(timeout_ms=1000)).values():
                for record in fetched:
                    decode(record.value)
                seen += len(fetched)
        took = time.perf_counter() - begin
        await consumer.stop()
        return took

    return asyncio.run(loop())


def worker() -> float:
    """Time Tocsin's worker from its first batch until the checkpoint that holds the last event."""
    from agents.worker import checkpoint
    from agents.worker.run import run
    from streams import intakes

    begin, seen = 0.0, 0
    take, after, write = intakes.CallIntake.take, checkpoint.Checkpoint.after, checkpoint.Checkpoint.write

    def timed_take(self: intakes.CallIntake, messages: Any) -> Any:
        nonlocal begin, seen
        begin = begin or time.perf_counter()
        seen += len(messages)
        return take(self, messages)

    def hurried_after(self: checkpoint.Checkpoint, batch: Any, count: int, letters: Any) -> None:
        # After the last event, a checkpoint is due now, and not after its usual time.
        after(self, batch, EVENTS if seen >= EVENTS else count, letters)

    async def timed_write(self: checkpoint.Checkpoint) -> None:
        whole = seen >= EVENTS
        await write(self)
        if whole:
            print(time.perf_counter() - begin, flush=True)
            os._exit(0)

    # Patched in, since the worker itself should not hold a stopwatch.
    intakes.CallIntake.take = timed_take  # type: ignore[method-assign, assignment]
    checkpoint.Checkpoint.after = hurried_after  # type: ignore[method-assign, assignment]
    checkpoint.Checkpoint.write = timed_write  # type: ignore[method-assign]
    run(settings(), listener("127.0.0.1", 0), verbose=False)


def faust_one_by_one() -> float:
    """Time a plain Faust agent that does nothing with each event, on a tenth of the events."""
    import faust

    app = faust.App(
        f"plain-{time.time_ns()}",
        broker=f"kafka://{os.environ['BENCH_BROKER']}",
        broker_session_timeout=6.0,
        consumer_auto_offset_reset="earliest",
        topic_disable_leader=True,
        value_serializer="raw",
        web_enabled=False,
    )
    begin, seen = 0.0, 0

    @app.agent(app.topic(topic(settings(), Topic.CALL_ATTEMPTS)))
    async def count(stream: Any) -> None:
        nonlocal begin, seen
        async for _ in stream:
            begin = begin or time.perf_counter()
            seen += 1
            if seen >= EVENTS // 10:
                print((time.perf_counter() - begin) * 10, flush=True)
                os._exit(0)

    faust.Worker(app, loglevel="ERROR", quiet=True, redirect_stdouts=False).execute_from_commandline()


WAYS: dict[str, Callable[[], float]] = {
    "bare aiokafka, msgspec": lambda: bare(msgspec.json.Decoder(CallEvent).decode),
    "bare aiokafka, json": lambda: bare(json.loads),
    "tocsin worker": worker,
    "faust, one event at a time": faust_one_by_one,
}


def main() -> None:
    took: dict[str, list[float]] = {way: [] for way in WAYS}
    for number in range(ROUNDS):
        with embedded_broker() as bootstrap:  # a new one each round, so that every group starts at the beginning
            os.environ["BENCH_BROKER"] = bootstrap
            produce()
            for way in WAYS:
                answer = subprocess.run([sys.executable, __file__, way], check=True, capture_output=True, text=True)
                took[way].append(float(re.findall(r"[0-9.]+", answer.stdout)[-1]))
                print(f"round {number + 1}: {way:28} {EVENTS / took[way][-1]:>9,.0f} events/s", flush=True)
    base = took["bare aiokafka, msgspec"]
    print(f"\n{EVENTS:,} events, median of {ROUNDS} rounds: events/s, and the ratio to the bare loop round by round")
    for way, seconds in took.items():
        ratios = [b / s for b, s in zip(base, seconds, strict=True)]
        rate = EVENTS / statistics.median(seconds)
        print(f"{way:28} {rate:>9,.0f}   {statistics.median(ratios):.2f}  ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(WAYS[sys.argv[1]]())
    else:
        main()
