"""The harmed: one broker, and workers that come and go."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from agents.kafka.apache import Node, apache_node
from agents.kafka.client import Topic, partition_of, topic
from agents.kafka.sending import sending
from agents.ports import free_port
from config.settings import Settings
from streams.desks.line_state import LineState
from streams.kept.record import encode
from tests.agents.running import Running, worker

HOST = "127.0.0.1"
console = Console(width=120)


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
    """Start, kill, freeze and remove workers; keep what they logged and how large they grew."""

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
        """Stop a worker for longer than its session; it wakes up and believes that it still owns its lines."""
        _, running = random.choice(list(self.running.values()))
        running.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        running.process.send_signal(signal.SIGCONT)

    def look(self) -> None:
        """Note the memory of every worker; replace each that ended by itself."""
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


def corrupt(settings: Settings, rng: random.Random) -> None:
    """Write a record over a line's state that claims to be folded far ahead, and cannot be read."""
    line = f"{settings.site}/{rng.choice(list(settings.lines))}".encode()
    home = partition_of(line, settings.kafka.partitions)
    head = encode(LineState("", offset=2**40))[:21]
    with sending(settings) as sender:
        sender.send_to(topic(settings, Topic.STATE), home, b"line " + line, head + b"junk")


def disturb(fleet: Fleet, broker: Broker, rng: random.Random, kills: int, outages: int) -> None:
    """Do so much harm, in random order."""
    harm = ["kill"] * kills + ["outage"] * outages + ["add", "remove", "freeze", "add", "remove"]
    rng.shuffle(harm)
    for _ in range(2):  # once there is a record before it: without one the line is refused, as it must be
        harm.insert(rng.randrange(len(harm) // 2, len(harm)), "corrupt")
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
        elif what == "corrupt":
            corrupt(fleet.settings, rng)
            fleet.end(signal.SIGKILL)
            fleet.start()
        fleet.done[what] += 1
