"""The ways to read the events of an office, each a program in a process of its own, and their costs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from agents.kafka.child import child
from benchmarks.hot_path.asked import Asked
from benchmarks.hot_path.peers.environment import make, pinned

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 900.0  # seconds


class Way(NamedTuple):
    """A way to read events: a program, its Python and tree, and by how many times it reads fewer events."""

    name: str
    program: tuple[str, ...]
    python: Callable[[], Path]
    fewer: int = 1
    counts: bool = True  # figures that can be compared with the truth
    tree: Path = ROOT


class Took(NamedTuple):
    """The cost and the counts of one run of a way."""

    events: int
    cpu: float  # seconds, from when it may fetch to the last event
    wall: float
    memory: float  # MB, at most, of the whole process
    figures: dict[str, Any]

    @property
    def each(self) -> float:
        """Return the CPU microseconds per event, equal to the CPU seconds per million."""
        return self.cpu / self.events * 1e6


class Failed(Exception):
    """The reason why a way has no time."""


def _own() -> Path:
    return Path(sys.executable)


def _peer(name: str, label: str, fewer: int) -> Way:
    return Way(f"{label} {pinned(name)}", (f"benchmarks.hot_path.peers.{name}",), lambda: make(name), fewer)


BARE: Final = "bare loop: decode alone, Python's own collector"
WORKER: Final = "**one Tocsin worker**, from source"
COMPILED: Final = "**one Tocsin worker**, its domain compiled"
OWN: Final = (
    Way(BARE, ("benchmarks.hot_path.loops", "bare"), _own, counts=False),
    Way("bare loop: decode alone, the worker's collector", ("benchmarks.hot_path.loops", "tuned"), _own, counts=False),
    Way("loop by hand: the peers' figures, no framework", ("benchmarks.hot_path.loops", "by-hand"), _own),
    Way(WORKER, ("benchmarks.hot_path.worker",), _own),
    Way(COMPILED, ("benchmarks.hot_path.worker",), _own, tree=ROOT / "build/compiled"),
)
PEERS: Final = (
    _peer("bytewax", "Bytewax", 1),
    _peer("quix", "Quix Streams", 5),
    _peer("faust", "Faust with a table,", 50),
)


def run(way: Way, asked: Asked, patience: float = PATIENCE) -> Took:
    """Run a way in a process of its own; raise `Failed` if it does not count every event in time."""
    if not way.tree.exists():
        raise Failed("there is no compiled tree; `make compile` makes it")
    environ = {**os.environ, **asked.environment(), "PYTHONPATH": str(way.tree)}
    command = [str(way.python()), "-m", *way.program]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryDirectory() as folder:
        environ["TOCSIN_STATE_DIR"] = folder
        with child(command, env=environ, said=said, folder=folder) as process, suppress(subprocess.TimeoutExpired):
            process.wait(patience)
        said.seek(0)
        words = said.read().decode(errors="replace")
    found = re.findall(r'^\{"events": .*$', words, re.MULTILINE)
    if not found:
        raise Failed(f"{way.name} ended with {process.returncode}: {words.strip()[-1500:]}")
    return took(json.loads(found[-1]), asked.events)


def took(told: Mapping[str, Any], events: int) -> Took:
    """Return a program's result; raise `Failed` if its number of events is wrong."""
    if told["events"] != events:
        raise Failed(f"{told['events']} events were seen, expected {events}")
    return Took(events, told["cpu"], told["wall"], told["memory"], told["figures"])
