"""The throughput of two workers in one group compared with one, on the cores of this machine, and their use of CPU.

Run it by `python -m benchmarks.processes`; EVENTS, ROUNDS and PROCESSES (such as "1 2 4") change the runs. Every run
has an embedded broker of its own, filled before, and an equal number of lines in each partition. The clock runs from
the first folded events until none is left. The broker and other users of the machine take CPU from the same cores; both
are reported, as they distort the ratio of wall times. Linux alone: it reads /proc.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen

import msgspec

from agents.ingest.send import ingest
from agents.kafka.broker import embedded_broker
from agents.kafka.child import child
from agents.kafka.client import partition_of
from agents.kafka.topics import create_topics
from agents.ports import free_port
from agents.sources.entry import Accepted
from benchmarks.traffic import LineTraffic, traffic
from config.settings import load
from streams.events import CallEvent

EVENTS = int(os.environ.get("EVENTS", "300000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
PROCESSES = [int(each) for each in os.environ.get("PROCESSES", "1 2").split()]
PARTITIONS, LINES_EACH = 4, 4
HOST = "127.0.0.1"
NINE = 1_399_964_400.0  # epoch s: nine o'clock in Paris, on a day in May
LOOK_SECONDS = 0.25


class Run(NamedTuple):
    """The times of one run, in seconds."""

    wall: float
    workers: float
    above: float  # the parent process of the workers
    broker: float
    others: float  # all other processes on the machine


def names() -> list[str]:
    """Return line names, an equal number for each partition."""
    homes: dict[int, list[str]] = {number: [] for number in range(PARTITIONS)}
    for number in count():
        home = homes[partition_of(f"bench/line-{number}".encode(), PARTITIONS)]
        if len(home) < LINES_EACH:
            home.append(f"line-{number}")
        if all(len(each) == LINES_EACH for each in homes.values()):
            return sorted(name for each in homes.values() for name in each)
    raise AssertionError


def calls() -> Iterator[CallEvent]:
    for day in count():
        opens = NINE + day * 86_400
        busy = [LineTraffic(line=line, calls_an_hour=100.0, lost=0.05) for line in names()]
        yield from traffic("bench", busy, [(opens, opens + 36_000)], seed=day)


def cpu(pid: int) -> float:
    """Return the seconds of CPU that a process has taken; for 0, of all processes."""
    tick = os.sysconf("SC_CLK_TCK")
    if pid == 0:
        busy = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
        return (sum(busy[:3]) + sum(busy[5:7])) / tick  # neither idle nor waiting for a disk
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / tick


def below(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(each) for task in tasks for each in (task / "children").read_text().split()]


def page(port: int, name: str) -> str:
    with urlopen(f"http://{HOST}:{port}/{name}", timeout=10) as answer:
        return str(answer.read().decode())


def lag(port: int) -> int:
    """Return how many events are known to be left to fold."""
    try:
        return int(json.loads(page(port, "healthz"))["lag"])
    except HTTPError as red:
        with red:
            return int(json.load(red)["lag"])
    except OSError:
        return 0  # it starts


def folded(port: int) -> int:
    try:
        shown = re.findall(r"^tocsin_events_total{.*} (.*)$", page(port, "metrics"), re.MULTILINE)
    except OSError:
        return 0  # no worker is quick enough, on a busy machine
    return sum(int(float(each)) for each in shown)


def measured(processes: int) -> Run | None:
    """Return the times of a run, or None if a worker started late, as partitions then changed hands during the run."""
    with embedded_broker() as bootstrap, tempfile.TemporaryDirectory() as folder:
        (broker,) = below(os.getpid())
        lines = {name: {"label": name} for name in names()}
        office = {"site": "bench", "clock": "event", "opening_hours": "Mo-Su 08:00-20:00", "lines": lines}
        config = Path(folder, "office.yaml")
        config.write_text(json.dumps(office))
        env = {
            "TOCSIN_KAFKA_BOOTSTRAP": bootstrap,
            "TOCSIN_KAFKA_PARTITIONS": str(PARTITIONS),
            "TOCSIN_STATE_DIR": folder,
        }
        settings = load(config, env)
        create_topics(settings)
        rows = (Accepted(row, event, msgspec.json.encode(event)) for row, event in enumerate(calls()))
        ingest(settings, islice(rows, EVENTS), "bench")
        port = free_port(HOST)
        command = ["worker", "--config", str(config), "--web-port", str(port), "--processes", str(processes)]
        program = [sys.executable, "-m", "agents", *command]
        with tempfile.TemporaryFile() as said, child(program, env=os.environ | env, said=said) as top:
            while not lag(port):
                assert top.poll() is None, said.seek(0) or said.read().decode()
                time.sleep(LOOK_SECONDS)
            before = folded(port)
            pids = below(top.pid) or [top.pid]
            taken = {pid: cpu(pid) for pid in {*pids, top.pid, broker, os.getpid(), 0}}
            begin = time.perf_counter()
            while lag(port) or folded(port) < EVENTS:
                time.sleep(LOOK_SECONDS)
            wall = time.perf_counter() - begin
            spent = {pid: cpu(pid) - was for pid, was in taken.items()}
            said.seek(0)
            if said.read().count(b"partitions owned") > processes:
                return None
            workers = sum(spent[pid] for pid in pids)
            above = spent[top.pid] if processes > 1 else 0.0
            others = spent[0] - workers - above - spent[broker] - spent[os.getpid()]
            share = EVENTS / (EVENTS - before)  # as some were folded before the clock began to run
            return Run(*(share * each for each in (wall, workers, above, spent[broker], others)))


def main() -> None:
    runs: dict[int, list[Run]] = {processes: [] for processes in PROCESSES}
    for number in range(ROUNDS):
        for processes in PROCESSES:
            load = os.getloadavg()[0]
            while (run := measured(processes)) is None:
                print("a worker came late; once more", flush=True)
            runs[processes].append(run)
            print(
                f"round {number + 1}: {processes} of them {EVENTS / run.wall:>9,.0f} events/s in {run.wall:5.1f} s; "
                f"CPU s: workers {run.workers:.2f}, the one above {run.above:.2f}, broker {run.broker:.2f}, "
                f"others {run.others:.1f}; load before {load:.1f}",
                flush=True,
            )
    base = runs[PROCESSES[0]]
    print(f"\n{EVENTS:,} events, {os.cpu_count()} cores, beside {PROCESSES[0]} of them round by round (median)")
    for processes, each in runs.items():
        ratios = [one.wall / run.wall for one, run in zip(base, each, strict=True)]
        dear = [run.workers / one.workers for one, run in zip(base, each, strict=True)]
        print(
            f"{processes}: {statistics.median(ratios):.2f} as fast ({min(ratios):.2f} to {max(ratios):.2f}), "
            f"{statistics.median(dear):.2f} of the workers' CPU"
        )


if __name__ == "__main__":
    main()
