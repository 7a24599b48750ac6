"""A real worker and a real board on a real broker, each in its own process."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from pathlib import Path
from subprocess import Popen
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from agents.kafka.child import child
from agents.ports import free_port
from config.settings import Settings
from tests import waiting
from tests.agents.forked import Forked, forked

HOST = "127.0.0.1"
T = TypeVar("T")


@dataclass
class Running:
    """A process that serves pages, with its port and its output so far."""

    process: Popen[bytes] | Forked
    port: int
    said: Any = field(repr=False)

    def get(self, page: str) -> str:
        with urlopen(f"http://{HOST}:{self.port}{page}", timeout=waiting.PATIENCE) as answer:
            return str(answer.read().decode())

    def until(self, done: Callable[[], T], says: Callable[[], object] = lambda: "") -> T:
        """Wait while the process runs until `done` returns a truthy value, and return that value."""

        def living() -> T:
            assert self.process.poll() is None, self.words()
            return done()

        return waiting.until(living, lambda: f"{says()}\n{self.words()}", every=0.2)

    def await_page(self, page: str, *words: str) -> str:
        """Wait until a page contains all these words, and return it."""
        found = ""

        def has_them() -> str:
            nonlocal found
            try:
                found = self.get(page)
            except URLError as error:  # it is starting, or refuses
                found = ""
                if isinstance(error, HTTPError):
                    error.close()
            return found if all(each in unescape(found) for each in words) else ""

        return self.until(has_them, lambda: f"{page} has not {words}:\n{found}")

    def samples(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(self.get("/metrics"))
            for sample in family.samples
        }

    def total(self, name: str, **labels: str) -> float:
        return sum(
            value
            for (found, own), value in self.samples().items()
            if found == name and frozenset(labels.items()) <= own
        )

    def workers(self) -> list[int]:
        """Return the process ids of the workers under `tocsin worker --processes`."""
        return [pid for server in self.servers() for pid in _below(server)]

    def servers(self) -> list[int]:
        """Return the process id of the server from which these workers are forked, if it is running."""
        with suppress(FileNotFoundError, ProcessLookupError):  # it is ending
            return [
                pid for pid in _below(self.process.pid) if b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
            ]
        return []

    def words(self) -> str:
        self.said.seek(0)
        return str(self.said.read().decode(errors="replace"))

    def await_events(self, count: int, *, more: bool = False) -> None:
        """Wait until `count` events are folded. Fail if there are more, unless `more` is set."""
        seen = -1.0

        def folded() -> bool:
            nonlocal seen
            with suppress(URLError):  # it is starting
                seen = self.total("tocsin_events_total")
            return seen >= count

        self.until(folded, lambda: f"{seen} of {count} events")
        assert seen == count or more


def worker(settings: Settings, **more: str) -> AbstractContextManager[Running]:
    """Run `tocsin worker` for the block, on these settings' broker and prefix."""
    return _running("worker", settings, more)


def fresh_worker(settings: Settings, **more: str) -> AbstractContextManager[Running]:
    """Run `tocsin worker` in a new interpreter, to measure its start."""
    return _running("worker", settings, more, ("-m", "agents"))


def workers(settings: Settings, count: int, **more: str) -> AbstractContextManager[Running]:
    """Run `tocsin worker --processes` for the block, on these settings' broker and prefix."""
    return _running("worker", settings, more, ("-m", "agents"), ("--processes", str(count)))


def worker_of(program: str, settings: Settings, **more: str) -> AbstractContextManager[Running]:
    """Run a program that prepares something and then acts as `tocsin worker`."""
    return _running("worker", settings, more, program=program)


def twin(settings: Settings, **more: str) -> AbstractContextManager[Running]:
    """Run the worker without Faust for the block, on these settings' broker and prefix."""
    return _running("worker", settings, more, ("-m", "tests.chaos.twin"))


def board(settings: Settings, **more: str) -> AbstractContextManager[Running]:
    """Run `tocsin board` for the block, on these settings' broker and prefix."""
    return _running("board", settings, more)


def board_of(program: str, settings: Settings, **more: str) -> AbstractContextManager[Running]:
    """Run a program that prepares something and then acts as `tocsin board`."""
    return _running("board", settings, more, program=program)


def of_broker(settings: Settings) -> dict[str, str]:
    """Return the environment variables that point a command to these settings' broker and topics."""
    return {
        "TOCSIN_KAFKA_BOOTSTRAP": settings.kafka.bootstrap,
        "TOCSIN_KAFKA_PREFIX": settings.kafka.prefix,
        "TOCSIN_KAFKA_PARTITIONS": str(settings.kafka.partitions),
    }


def find_broker(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Point the commands of this process to these settings' broker and topics."""
    for name, value in of_broker(settings).items():
        monkeypatch.setenv(name, value)


@contextmanager
def _running(
    command: str,
    settings: Settings,
    more: Mapping[str, str],
    module: tuple[str, ...] = (),
    options: tuple[str, ...] = (),
    program: str = "",
) -> Iterator[Running]:
    port = free_port(HOST)
    environment = {
        **os.environ,
        **of_broker(settings),
        "TOCSIN_CHECKPOINT_EVERY": "0.5",
        **more,
    }
    words = [*module, command, "--web-port", str(port), *options]
    run = partial(child, [sys.executable, *words]) if module else partial(forked, words, program=program)
    with tempfile.TemporaryFile() as said, run(env=environment, said=said) as process:
        yield Running(process, port, said)


def _below(pid: int) -> list[int]:
    """Return the child processes of a process that has one thread with children; empty if it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def children() -> set[int]:
    """Return the running child processes of this one."""
    if sys.platform != "linux":
        pytest.skip("reads /proc")
    found = set[int]()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended in between
            found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found
