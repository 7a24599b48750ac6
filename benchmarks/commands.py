"""How long whole commands take to start, and on a file of an office's events.

Run it by `make bench`; N=10000000 sets the number of events. It also checks the totals of `analyze`. Results:
docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import defaultdict
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec

from agents.kafka.broker import embedded_broker
from agents.kafka.topics import create_topics
from benchmarks import page
from benchmarks.connectors.measure import Cost, measured
from benchmarks.hot_path.traffic import office_events
from benchmarks.process import cpu_seconds, memory
from config.settings import Settings, load
from streams.events import CallEvent
from tests.agents.running import fresh_worker

STARTS: Final = 5
KINDS: Final = ("offered", "answered", "lost", "diverted")

_HEAD: Final = """\
| command | events | CPU s | wall s | us of CPU an event | peak MB |
|---|---|---|---|---|---|"""
_STARTS: Final = """\
| from the start of the process | CPU s | wall s | MB |
|---|---|---|---|"""


def write(settings: Settings, count: int, file: Path) -> dict[str, dict[str, int]]:
    """Write a number of events as lines of JSON; return the counts of outcomes of each line."""
    encode = msgspec.json.Encoder().encode
    totals: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    with file.open("wb", buffering=2**20) as out:
        for event in islice(office_events(settings), count):
            out.write(encode(event) + b"\n")
            if isinstance(event, CallEvent) and event.type in KINDS:
                totals[event.line][event.type] += 1
    return totals


def check(found: dict[str, Any], totals: dict[str, dict[str, int]]) -> None:
    """Raise `AssertionError` if the totals of an analysis differ from the events."""
    for line, right in totals.items():
        raw = {kind: found["lines"][line]["raw"][kind] for kind in KINDS}
        if raw != right:
            raise AssertionError(f"analyze, line {line}: {raw}; expected {right}")


def batch(count: int, folder: Path) -> list[str]:
    """Return the rows of `analyze`, by one process and by several, and of `ingest`."""
    file, out, settings = folder / "events.jsonl", folder / "out", load(None, {})
    totals, costs = write(settings, count, file), {}
    for more in ("", " --jobs 2"):
        costs[f"analyze events{more}"] = measured(["analyze", "events", str(file), "--json", *more.split()], out, {})
        check(msgspec.json.decode(out.read_bytes()), totals)
    with embedded_broker() as bootstrap:
        environ = {"TOCSIN_KAFKA_BOOTSTRAP": bootstrap}
        create_topics(load(None, environ))
        costs["ingest events"] = measured(["ingest", "events", str(file)], out, environ)
    return [row(f"`tocsin {name}`", count, cost) for name, cost in costs.items()]


def row(name: str, count: int, cost: Cost) -> str:
    return (
        f"| {name} | {count:,} | {cost.cpu:.1f} | {cost.wall:.1f} | {cost.cpu / count * 1e6:.1f} | {cost.memory:.0f} |"
    )


def starts(folder: Path) -> list[str]:
    """Return the rows of starting commands, each the median of `STARTS` runs."""
    shown = [measured(["--help"], folder / "out", {}) for _ in range(STARTS)]
    with embedded_broker() as bootstrap:
        ready = [until_ready(bootstrap, f"start-{number}.") for number in range(STARTS)]
    rows = []
    for name, costs in (("`tocsin --help`", shown), ("`tocsin worker` until /healthz is ok", ready)):
        cpu, wall, held = (median(values) for values in zip(*((c.cpu, c.wall, c.memory) for c in costs), strict=True))
        rows.append(f"| {name} | {cpu:.2f} | {wall:.2f} | {held:.0f} |")
    return rows


def until_ready(bootstrap: str, prefix: str) -> Cost:
    """Start a worker on empty topics; return its cost until it has its partitions and no event is left to fold."""
    settings = load(None, {"TOCSIN_KAFKA_BOOTSTRAP": bootstrap, "TOCSIN_KAFKA_PREFIX": prefix})
    create_topics(settings)
    begin = time.perf_counter()
    with fresh_worker(settings) as running:
        running.await_page("/healthz", '"ok"')
        wall = time.perf_counter() - begin
        return Cost(wall, cpu_seconds(running.process.pid), memory(running.process.pid))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.commands", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    given = parser.parse_args()
    os.environ["TOCSIN_CONFIG"] = "config/lozere.yaml"
    before = os.getloadavg()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [_STARTS, *starts(folder), "", _HEAD, *batch(given.events, folder)]
    text = "\n".join([page.machine(before), "", *rows])
    print(text)
    if given.write:
        page.write("commands", text)


if __name__ == "__main__":
    main()
