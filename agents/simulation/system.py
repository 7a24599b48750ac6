"""The running system of a demo: an embedded broker, a worker and, on request, the board with a secret to decide."""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple

from rich.console import Console

from agents.ending import Last, telling, temporary_folder
from agents.kafka.broker import embedded_broker, listens
from agents.kafka.child import child
from agents.kafka.topics import create_topics
from agents.ports import free_port
from agents.translation import text
from config.shared import Kafka, Shared

HOST: Final = "127.0.0.1"
STALLED_AFTER: Final = 90.0  # s: longest time that a process may take to start, or the worker may make no progress
CHECKPOINT_EVERY: Final = 2.0  # s
SECRET_BYTES: Final = 8


class DemoError(RuntimeError):
    """The demo failed."""


class Served(NamedTuple):
    """The ports of the pages, both free."""

    board: int
    worker: int


def claimed(board: int, worker: int) -> Served:
    """Return these ports, or free ones for 0; raise `PortError` if one is taken."""
    return Served(free_port(HOST, board, "--web-port"), free_port(HOST, worker, "--metrics-port"))


class System:
    """A broker and its worker; `board` and `secret` are empty if no board is served."""

    def __init__(self, kafka: Kafka, metrics: str, log: IO[bytes]) -> None:
        self.kafka = kafka
        self.metrics = metrics  # address
        self.board = ""  # address
        self.secret = ""
        self.processes: list[subprocess.Popen[bytes]] = []
        self._log = log

    def runs(self) -> bool:
        """Return whether all processes still run."""
        return all(each.poll() is None for each in self.processes)

    def last_words(self) -> str:
        """Return the end of the processes' output."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-2000:]

    def show_door(self, console: Console) -> None:
        """Print the line with the board's address and the secret."""
        door = text("board at {board}, secret for decisions: {secret}", board=self.board, secret=self.secret)
        console.print(door, style="bold", highlight=False, soft_wrap=True)

    def serve(self, console: Console, play: Callable[[], None]) -> None:
        """Print the door, `play` the live days, and serve until a process ends; then raise `DemoError`."""
        self.show_door(console)
        with telling(lambda: Last(text("board and metrics have ended"), finished=True)):
            play()
            while self.runs():
                time.sleep(1)
        raise DemoError(text("a process ended unexpectedly:\n{words}", words=self.last_words()))


@contextmanager
def system(shared: Shared, config: Path, served: Served | None, console: Console) -> Iterator[System]:
    """Run the system until the block ends, and print its addresses; with `served`, the board answers by then.

    Raises `DemoError` if the board does not start.
    """
    with ExitStack() as stack:
        bootstrap = stack.enter_context(embedded_broker())
        kafka = shared.kafka.model_copy(update={"bootstrap": bootstrap})
        create_topics(shared.model_copy(update={"kafka": kafka}))
        folder = stack.enter_context(temporary_folder("tocsin-demo-"))
        log = stack.enter_context((folder / "log").open("w+b"))
        port = free_port(HOST) if served is None else served.worker
        found = System(kafka, f"http://{HOST}:{port}/metrics", log)
        own = {"KAFKA_BOOTSTRAP": bootstrap, "CLOCK": "event", "CHECKPOINT_EVERY": f"{CHECKPOINT_EVERY:g}s"}
        ports = {"worker": port}
        if served is not None:
            ports["board"] = served.board
            found.board, found.secret = f"http://{HOST}:{served.board}/", secrets.token_hex(SECRET_BYTES)
            own["BOARD_DECIDE_TOKEN_FILE"] = str(_kept(found.secret, folder / "secret"))
        env = os.environ | {f"TOCSIN_{name}": value for name, value in own.items()}
        for name, number in ports.items():
            found.processes.append(stack.enter_context(child(_command(name, number, config), env=env, said=log)))
        if served is not None:
            _await_board(found, f"{HOST}:{served.board}", console)
            found.show_door(console)
        lines = [text("broker at {broker}, worker's metrics at {address}", broker=bootstrap, address=found.metrics)]
        if served is not None:
            lines.append(text("commands in another terminal: {command}", command=_shell(bootstrap, config)))
        console.print(*lines, sep="\n", highlight=False, soft_wrap=True)
        yield found


def _await_board(found: System, address: str, console: Console) -> None:
    """Wait until the board answers."""
    deadline = time.monotonic() + STALLED_AFTER
    with console.status(text("starting the board")):
        while not listens(address):
            if time.monotonic() > deadline or not found.runs():
                raise DemoError(text("the board did not start:\n{words}", words=found.last_words()))
            time.sleep(0.1)


def _kept(secret: str, file: Path) -> Path:
    """Write a secret to a file that only this user may read; return the file."""
    file.touch(mode=0o600)
    file.write_text(secret, encoding="ascii")
    return file


def _command(name: str, port: int, config: Path) -> list[str]:
    """Return the command line of a process that serves pages on a port."""
    return [sys.executable, "-m", "agents", name, "--web-port", str(port), *_configured(config)]


def _shell(bootstrap: str, config: Path) -> str:
    """Return a command for a shell that lists the demo's incidents."""
    program = Path(sys.argv[0])
    tocsin = [str(program)] if program.name == "tocsin" else [sys.executable, "-m", "agents"]
    return f"TOCSIN_KAFKA_BOOTSTRAP={bootstrap} {shlex.join([*tocsin, 'review', 'list', *_configured(config)])}"


def _configured(config: Path) -> list[str]:
    return ["--config", str(config)]
