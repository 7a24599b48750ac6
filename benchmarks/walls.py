"""How up to date many open walls are, and what they cost one board.

Run it by `make bench-walls`. A worker counts a flow of calls on an embedded broker, one board shows it to 200 walls by
server-sent events. Every two seconds a caller joins an unanswered line; each wall is timed from the moment the call is
sent until its number of waiting callers includes it. Results: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from random import Random

import aiohttp
import msgspec
from kafka import KafkaProducer  # type: ignore[import-untyped]  # has no types

from agents.kafka.broker import embedded_broker
from agents.kafka.client import Topic, producer, topic
from agents.kafka.topics import create_topics
from benchmarks.process import cpu_seconds, memory
from config.settings import Settings, load
from tests.agents.running import HOST, Running, board, worker

LINES = 14
STEP_SECONDS = 2.0
FRESH_SECONDS = 3.0  # the maximal delay of a wall
CALLS_A_SECOND = 10
MARK = "mark"
_WAITING = re.compile(r"<dt>waiting</dt><dd>(\d+)")


def configured(folder: Path, bootstrap: str) -> tuple[Settings, str]:
    """Return the settings of an office that never closes, and their file."""
    config = folder / "office.yaml"
    lines: dict[str, dict[str, str]] = {name: {} for name in (MARK, *(f"line-{n}" for n in range(1, LINES)))}
    office = {"site": "walls", "opening_hours": "24/7", "holidays": {"country": None}, "lines": lines}
    config.write_text(json.dumps(office), encoding="utf-8")
    return load(config, {"TOCSIN_KAFKA_BOOTSTRAP": bootstrap}), str(config)


@lru_cache(maxsize=64)  # all walls are sent the same bytes
def waiting(message: bytes) -> int | None:
    """Return a message's number of callers waiting on the line; None if it has none."""
    found = _WAITING.search(msgspec.json.decode(message)["parts"].get(f"line-{MARK}", ""))
    return int(found[1]) if found else None


class Flow:
    """A sender of answered calls on all lines but one, and now and then of a caller who waits on that one."""

    def __init__(self, client: KafkaProducer, name: str) -> None:
        self._client, self._name, self._random = client, name, Random(1)
        self.sent: list[float] = []  # monotonic s, by how many callers wait

    async def run(self, seconds: float) -> None:
        """Send for a number of seconds."""
        ends, step = time.monotonic() + seconds, time.monotonic() + STEP_SECONDS
        for number in iter(int, 1):
            if (now := time.monotonic()) > ends:
                return
            if now >= step:
                step += STEP_SECONDS * self._random.uniform(0.75, 1.25)  # never in step with the board's own polls
                self.sent.append(time.monotonic())
                self._send(MARK, f"{len(self.sent)}", "offered")
            for kind in ("offered", "answered"):
                self._send(f"line-{1 + number % (LINES - 1)}", f"{number}", kind)
            await asyncio.sleep(1 / CALLS_A_SECOND)

    def _send(self, line: str, call: str, kind: str) -> None:
        event = {"site": "walls", "line": line, "call": call, "type": kind, "at": time.time()}
        self._client.send(self._name, key=f"walls/{line}".encode(), value=msgspec.json.encode(event))
        self._client.flush()


async def watch(client: aiohttp.ClientSession, flow: Flow) -> list[float]:
    """Open a wall; once cancelled, return the delay (s) of each caller from now on."""
    late: list[float] = []
    before = len(flow.sent)
    try:
        async with client.get("/events?lang=en") as answer:
            while row := await answer.content.readline():
                if row.startswith(b"data: {") and (shown := waiting(row[6:])) is not None:
                    late += [time.monotonic() - flow.sent[each] for each in range(before + len(late), shown)]
    except asyncio.CancelledError:
        pass
    return late


async def measure(shown: Running, flow: Flow, walls: int, seconds: float) -> str:
    """Return the measurements with a number of walls."""
    alone, begun, before = memory(shown.process.pid), cpu_seconds(shown.process.pid), len(flow.sent)
    every = aiohttp.TCPConnector(limit=0)
    client = aiohttp.ClientSession(
        f"http://{HOST}:{shown.port}", connector=every, timeout=aiohttp.ClientTimeout(total=None), read_bufsize=2**20
    )
    async with client:
        watched = [asyncio.create_task(watch(client, flow)) for _ in range(walls)]
        await flow.run(seconds)
        await asyncio.sleep(5.0)
        held, spent = memory(shown.process.pid), cpu_seconds(shown.process.pid) - begun
        for each in watched:
            each.cancel()
        late = await asyncio.gather(*watched)
    figures = sorted(each for wall in late for each in wall)
    callers = len(flow.sent) - before
    p50, p99 = (figures[int(share * (len(figures) - 1))] for share in (0.5, 0.99))
    stale = sum(any(each > FRESH_SECONDS for each in caller) for caller in zip(*late, strict=False))
    return "\n".join(
        (
            f"{walls} walls, {callers} callers: {walls * callers - len(figures)} not shown",
            f"s until shown: p50 {p50:.2f}, p99 {p99:.2f}, most {figures[-1]:.2f}",
            f"callers that a wall showed after more than {FRESH_SECONDS:g} s: {stale}",
            f"the board's memory: {alone:.0f} MB alone, {held:.0f} MB with them; its CPU: {spent / seconds:.0%} of one",
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--walls", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, embedded_broker() as bootstrap:
        settings, config = configured(Path(folder), bootstrap)
        create_topics(settings)
        client = producer(settings)
        flow = Flow(client, topic(settings, Topic.CALL_ATTEMPTS))
        with worker(settings, TOCSIN_CONFIG=config) as running, board(settings, TOCSIN_CONFIG=config) as shown:
            running.await_page("/healthz", "ok")
            asyncio.run(flow.run(STEP_SECONDS + 1))
            shown.await_page("/?lang=en", "<dt>waiting</dt><dd>1")
            print(asyncio.run(measure(shown, flow, asked.walls, asked.seconds)))
        client.close()


if __name__ == "__main__":
    main()
