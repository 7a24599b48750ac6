"""Totals that survive anything: `make chaos`.

A producer of known truth sends events to a real Apache Kafka, some twice, out of order, late,
torn or of no known line. Meanwhile workers are killed, frozen, added and removed, and the broker
is killed and started again. At the end every figure of every state must equal, to the last unit,
what `tocsin analyze` and a fold of the topic say, and the dead letters must hold exactly the
bad records.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from agents.apache import Node, apache_node
from agents.catalogue import catalogue
from agents.child import free_port
from agents.kafka import Topic, partition_of, producer, topic
from agents.ownership import Ownership
from agents.reading import records
from agents.replay import waiting
from agents.topics import create_topics, topic_id
from config.settings import Settings, load
from streams.call import ANSWERED, DIVERTED, LOST
from streams.office import OfficeLine, year
from streams.partition import Feed, Partition
from tests.agents.running import Running, worker

HOST = "127.0.0.1"
LINES = [f"line-{number}" for number in range(8)]
PATIENCE = 240.0
console = Console(width=120)

Record = tuple[bytes, bytes]


def truth(count: int, rng: random.Random) -> tuple[list[Record], Counter[str]]:
    """Return so many records in the order they are sent, and how many of each kind of trouble they hold."""
    office = [OfficeLine(line=line, calls_an_hour=60.0, lost=0.06) for line in LINES]
    trouble: Counter[str] = Counter()
    told: list[tuple[float, Record]] = []
    day = 0
    while len(told) < count:
        opens = 1_400_000_000.0 + day * 86_400
        for event in year("lozere", office, [(opens, opens + 36_000)], seed=rng.randrange(10**9)):
            at, record = float(event.at), (f"lozere/{event.line}".encode(), msgspec.json.encode(event))  # type: ignore[arg-type]
            dice = rng.random()
            if dice < 0.05:
                at += rng.uniform(0, 119)
                trouble["out of order"] += 1
            elif dice < 0.055:
                at += rng.uniform(130, 6 * 3600)
                trouble["late"] += 1
            told.append((at, record))
            if rng.random() < 0.03:
                told.append((at + rng.choice([0.0, rng.uniform(0, 60), rng.uniform(0, 3 * 3600)]), record))
                trouble["twice"] += 1
            if rng.random() < 0.005:
                told.append((at, (record[0], record[1][: rng.randrange(1, len(record[1]) - 1)])))
                trouble["torn"] += 1
            if rng.random() < 0.005:
                nowhere = record[1].replace(event.line.encode(), b"nowhere")
                told.append((at, (b"lozere/nowhere", nowhere)))
                trouble["no known line"] += 1
        day += 1
    told.sort(key=lambda each: each[0])
    return [record for _, record in told[:count]], trouble


class Broker:
    """Start, stop and kill one Apache Kafka on the same port and data."""

    def __init__(self, data: Path) -> None:
        self.data = data
        # Below the ephemeral ports: a client that retries one of those while nobody listens may connect to itself.
        self.port = free_port(HOST, random.randrange(20_000, 30_000))
        self.address = f"{HOST}:{self.port}"
        self.stack = ExitStack()
        self.node: Node | None = None

    def start(self) -> None:
        self.node = self.stack.enter_context(apache_node(self.port, self.data))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self.node is not None
        self.node.process.send_signal(how)
        self.node.process.wait(60)
        self.stack.close()


class Fleet:
    """Start, kill, freeze and remove workers; remember what they said and how large they grew."""

    def __init__(self, settings: Settings, config: Path) -> None:
        self.settings, self.config = settings, config
        self.running: dict[int, tuple[ExitStack, Running]] = {}
        self.started = 0
        self.done: Counter[str] = Counter()
        self.words: list[str] = []
        self.recoveries: list[float] = []
        self.peak = 0
        self.lock = threading.Lock()

    def start(self) -> None:
        stack = ExitStack()
        running = stack.enter_context(worker(self.settings, TOCSIN_CONFIG=str(self.config), TOCSIN_CLOCK="event"))
        with self.lock:
            self.started += 1
            self.running[self.started] = (stack, running)
        threading.Thread(target=self._time, args=(running, time.monotonic()), daemon=True).start()

    def end(self, how: signal.Signals) -> None:
        with self.lock:
            number = random.choice(list(self.running))
            stack, running = self.running.pop(number)
        running.process.send_signal(how)
        running.process.wait(60)
        self.words.append(running.words())
        stack.close()

    def freeze(self, seconds: float) -> None:
        """Stop a worker's clock for longer than its session: it wakes up believing that it still owns its lines."""
        _, running = random.choice(list(self.running.values()))
        running.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        running.process.send_signal(signal.SIGCONT)

    def look(self) -> None:
        """Note the memory of every worker; start anew whoever ended by itself."""
        for number, (stack, running) in list(self.running.items()):
            if running.process.poll() is not None:
                self.done["ended by themselves"] += 1
                self.words.append(running.words())
                console.print(running.words()[-1500:], style="yellow", markup=False)
                stack.close()
                del self.running[number]
                self.start()
                continue
            status = Path(f"/proc/{running.process.pid}/status").read_text()
            rows = dict(row.split(":", 1) for row in status.splitlines() if ":" in row)
            self.peak = max(self.peak, int(rows["VmHWM"].split()[0]) // 1024)

    def _time(self, running: Running, begin: float) -> None:
        while running.process.poll() is None:
            try:
                if json.loads(running.get("/healthz"))["partitions"]:
                    self.recoveries.append(time.monotonic() - begin)
                    return
            except OSError:
                pass
            time.sleep(0.2)

    def total(self, name: str, **labels: str) -> float:
        return sum(running.total(name, **labels) for _, running in self.running.values())

    def stop(self) -> None:
        while self.running:
            self.end(signal.SIGTERM)


def send(settings: Settings, told: list[Record], seconds: float, failed: list[BaseException]) -> None:
    """Send the records in order over so many seconds, through every outage of the broker."""
    client = producer(settings)
    calls = topic(settings, Topic.CALL_ATTEMPTS)
    begin = time.monotonic()
    try:
        for number, (key, value) in enumerate(told):
            client.send(calls, key=key, value=value).add_errback(failed.append)
            if number % 500 == 0:
                time.sleep(max(0.0, begin + seconds * number / len(told) - time.monotonic()))
        client.flush()
    except BaseException as error:
        failed.append(error)
        raise
    finally:
        client.close()


def folded(settings: Settings, feed: Feed) -> tuple[dict[int, Partition], set[tuple[int, int, str]]]:
    """Return every partition folded in one go from the topic, and the place and reason of each bad record."""
    rules = catalogue(settings)
    homes = {key: partition_of(key, settings.kafka.partitions) for key in rules}
    bad: set[tuple[int, int, str]] = set()
    messages: defaultdict[int, list[Any]] = defaultdict(list)
    for record in records(settings, topic(settings, Topic.CALL_ATTEMPTS)):
        messages[record.partition].append(record)
    partitions = {}
    for number in range(settings.kafka.partitions):
        partitions[number] = Partition(number, rules, homes, {}, feed)
        bad |= {(number, why.offset, why.reason) for why in partitions[number].take(messages[number])}
    return partitions, bad


def written(settings: Settings, feed: Feed) -> dict[int, Partition]:
    """Return every partition as its last owner left it in the changelog."""
    rules = catalogue(settings)
    owned = Ownership(rules, {key: partition_of(key, settings.kafka.partitions) for key in rules})
    for record in records(settings, f"{settings.kafka.prefix}worker-state-changelog"):
        if record.key is not None and record.value is not None:
            owned.restore(record.partition, record.key, record.value)
    owned.assign(range(settings.kafka.partitions), feed)
    return owned.partitions


def disturb(fleet: Fleet, broker: Broker, rng: random.Random, kills: int, outages: int, stop: threading.Event) -> None:
    """Do harm at random until all of it is done."""
    harm = ["kill"] * kills + ["outage"] * outages + ["add", "remove", "freeze", "add", "remove"]
    rng.shuffle(harm)
    for number, what in enumerate(harm):
        time.sleep(rng.uniform(1, 6))
        fleet.look()
        console.print(f"{number + 1:3}/{len(harm)}  {what}, {len(fleet.running)} workers")
        if what == "kill":
            fleet.end(signal.SIGKILL)
            time.sleep(rng.uniform(0, 2))
            fleet.start()
        elif what == "outage":
            broker.stop(rng.choice([signal.SIGTERM, signal.SIGKILL]))
            time.sleep(rng.uniform(3, 12))
            broker.start()
        elif what == "add":
            fleet.start()
        elif what == "remove" and len(fleet.running) > 1:
            fleet.end(signal.SIGTERM)
        elif what == "freeze":
            fleet.freeze(15)
        fleet.done[what] += 1
    stop.set()


def differences(fleet: Fleet, settings: Settings, file: Path, config: Path) -> list[str]:
    """Compare metrics, states and dead letters with a fold in one go and with the analysis of the file."""
    wrong: list[str] = []

    def same(what: str, found: object, expected: object) -> None:
        if found != expected:
            wrong.append(f"{what}: {str(found)[:300]}, expected {str(expected)[:300]}")

    feed = Feed(topic_id(settings, Topic.CALL_ATTEMPTS))
    straight, bad = folded(settings, feed)
    lines = {key: line for partition in straight.values() for key, line in partition.lines.items()}
    command = [sys.executable, "-m", "agents.cli", "analyze", "events", str(file), "--config", str(config), "--json"]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    for line in lines.values():
        name, raw = line.rules.line, told["lines"][line.rules.line]["raw"]
        shown, counts = line.state.shown, line.state.counts
        for kind, code in (("answered", ANSWERED), ("lost", LOST), ("diverted", DIVERTED)):
            same(
                f"{name} {kind}, metrics",
                fleet.total(f"tocsin_calls_{kind}_total", line=name),
                sum(shown.counter(outcome, count) for outcome, count in counts.items() if outcome & ~15 == code),
            )
            same(f"{name} {kind}, analysis", raw[kind], line.count(code))
        same(f"{name} offered, metrics", fleet.total("tocsin_calls_offered_total", line=name), line.state.offered)
        same(f"{name} offered, analysis", raw["offered"], line.state.offered)
        same(
            f"{name} waits, metrics",
            fleet.total("tocsin_call_wait_seconds_count", line=name),
            sum(sum(histogram.counts) for histogram in (shown.answered_wait, shown.lost_wait)),
        )
    for result in ("ok", "duplicate", "late", "invalid"):
        same(f"events {result}", fleet.total("tocsin_events_total", result=result), told["events"][result])
    fleet.stop()
    states = written(settings, feed)
    for number, partition in straight.items():
        same(f"state of partition {number}", states[number].state, partition.state)
        for key, line in partition.lines.items():
            same(f"state of {key.decode()}", states[number].lines[key].state, line.state)
    letters = {(letter.partition, letter.offset, letter.reason) for letter in waiting(settings)}
    same("dead letters", sorted(letters ^ bad)[:20], [])
    return wrong


def main(
    events: Annotated[int, typer.Option(help="How many events are sent.")] = 1_000_000,
    seconds: Annotated[float, typer.Option(help="Over how long.")] = 150.0,
    kills: Annotated[int, typer.Option(help="How often a worker is killed.")] = 10,
    outages: Annotated[int, typer.Option(help="How often the broker goes away.")] = 2,
    workers: Annotated[int, typer.Option(help="How many workers at first.")] = 3,
    seed: Annotated[int | None, typer.Option(help="The chance that is taken; any by default.")] = None,
) -> None:
    """Send a known truth through broker and workers while both are harmed, and compare to the last unit."""
    seed = random.randrange(10**6) if seed is None else seed
    rng = random.Random(seed)
    random.seed(seed)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as cleanup:
        config, file = Path(folder, "chaos.yaml"), Path(folder, "events.jsonl")
        config.write_text(json.dumps({"site": "lozere", "clock": "event", "lines": {line: {} for line in LINES}}))
        told, trouble = truth(events, rng)
        file.write_bytes(b"".join(value + b"\n" for _, value in told))
        console.print(f"seed {seed}: {len(told):,} events; {dict(trouble)}")
        broker = Broker(Path(folder, "kafka"))
        broker.start()
        cleanup.callback(broker.stack.close)
        settings = load(config, {"TOCSIN_KAFKA_BOOTSTRAP": broker.address})
        create_topics(settings)
        fleet = Fleet(settings, config)
        cleanup.callback(fleet.stop)
        for _ in range(workers):
            fleet.start()
        failed: list[BaseException] = []
        sender = threading.Thread(target=send, args=(settings, told, seconds, failed))
        sender.start()
        disturb(fleet, broker, rng, kills, outages, threading.Event())
        sender.join()
        assert not failed, failed[:3]
        moved, seen = time.monotonic(), -1.0
        while seen < len(told):
            time.sleep(1)
            fleet.look()
            try:
                now = fleet.total("tocsin_events_total")
            except OSError:
                continue  # one of them is starting
            if now > seen:
                seen, moved = now, time.monotonic()
            if time.monotonic() - moved > PATIENCE:
                for _, running in fleet.running.values():
                    console.print(running.words()[-3000:], markup=False)
                console.print(f"[red]stuck at {seen:,.0f} of {len(told):,}")
                raise typer.Exit(1)
        wrong = differences(fleet, settings, file, config)
        rebalances = sum(words.count("partitions owned") for words in fleet.words)
        again = sum(words.count("reading again") for words in fleet.words)
        recoveries = sorted(fleet.recoveries)
        console.print(
            f"seed {seed}: {dict(fleet.done)}; {fleet.started} workers lived, {rebalances} assignments, "
            f"{again} stretches read again; a worker owned lines after {recoveries[len(recoveries) // 2]:.1f} s "
            f"(median) to {recoveries[-1]:.1f} s; the largest held {fleet.peak} MB; "
            f"{time.monotonic() - begin:.0f} s in all"
        )
        for each in wrong:
            console.print(each, style="red", markup=False)
        console.print("[red]NOT EQUAL" if wrong else "[green]equal to the last unit")
        if wrong:
            raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
