"""Every command reports its waits, and ends on request during any of them, as a real process.

The commands come from the command line's tree, so that new ones are included. Each process is forked from one that has
already imported the command line, because that import takes a second of CPU time.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import socket
import struct
import sys
import termios
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import typer

from agents import __main__ as program
from agents.cli import app
from agents.kafka import client
from agents.ports import free_port
from tests.agents.forked import FORKS, IMPORTED
from tests.waiting import FOR_EVER, PATIENCE, until

HOST: Final = "127.0.0.1"
ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = ROOT / "examples"
LOZERE: Final = ROOT / "config" / "lozere.yaml"
AT_ONCE: Final = 4  # processes
NOTICE: Final = "waiting up to "  # the notice of a command that waits for a broker
SAID: Final = "said"  # the file with the process's output
SCRATCH: Final = "scratch"  # the folder for temporary files
URL: Final = "url"  # the file with a gateway's address
FIFO: Final = "pseudonym.key"  # a pipe in the process's folder; this test holds its other end
# One server forks for all tests of a process: a list of its own would take their modules away from the others.
FORKS.set_forkserver_preload([*IMPORTED, __name__])


class Call(NamedTuple):
    """A command line that waits, and its output at that point, or FIFO if it reads the pipe."""

    words: str
    ready: str = NOTICE
    unfinished: bool = True  # a server that ends on request has finished: status 0


# Read before there are threads: pytest changes the variables while a thread would read them.
INHERITED: Final = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
CALLS: Final = {
    "demo": Call(f"--config {LOZERE}", ready="broker at "),
    "demo --serve": Call(f"--config {LOZERE} --web-port 0 --metrics-port 0", ready="secret for decisions"),
    "worker": Call("--web-port 0", unfinished=False),
    "worker --processes 2": Call("--web-port 0", unfinished=False),
    "board": Call("--web-port 0", unfinished=False),
    "notify": Call("--web-port 0", ready="serving", unfinished=False),
    "analyze": Call(f"queue-log {FIFO}", ready=FIFO),
    "init": Call(f"queue-log {FIFO}", ready=FIFO),
    "reconcile": Call(f"queue-log {FIFO} asterisk-cel {EXAMPLES / 'cel.csv'}", ready=FIFO),
    "ingest": Call(f"queue-log {EXAMPLES / 'queue_log'}"),
    "totals": Call("--year 2024"),
    "forecast": Call(""),
    "staff": Call(""),
    "callbacks": Call(""),
    "certify": Call("--year 2024"),
    "mail": Call(""),
    "audit": Call(""),
    "simulate": Call(
        f"--from 2024-01-02 --to 2024-01-05 --calls accueil=20 --calls etat-civil=20 --out {FIFO} --truth truth.json",
        ready=FIFO,
    ),
    "check": Call(""),
    "topics": Call(""),
    "broker": Call("--port 0", ready="broker on ", unfinished=False),
    "backup": Call("copy"),
    "restore": Call("."),
    "dead-letters": Call(""),
    "review list": Call(""),
    "review show": Call("last"),
    "review take": Call("last --yes"),
    "review confirm": Call("last --note why --yes"),
    "review dismiss": Call("last --note why --yes"),
    "review reopen": Call("last --note why --yes"),
    "review declare": Call("accueil --from 2024-10-09T09:00 --to 2024-10-09T10:00 --note why --yes"),
    "review erase": Call("last"),
    "review questions": Call(""),
    "review answer": Call("accueil 1 right"),
    "pseudonyms rotate": Call("", ready=FIFO),
    "pseudonyms erase": Call("0466000000"),
    "state list": Call(""),
    "state show": Call("saint-exemple/accueil"),
    "state rebuild": Call("saint-exemple/accueil"),
}


class Ended(NamedTuple):
    """The end of a process."""

    status: int
    said: list[str]
    left: list[str]  # temporary files


def names(command: Any, *path: str) -> Iterator[str]:
    """Yield the name of each executable command of the tree."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path)
    else:
        for name, known in inner.items():
            yield from names(known, *path, name)


def test_of_each_command_it_is_known_how_it_waits() -> None:
    known = {name.partition(" --")[0] for name in CALLS}
    assert known == set(names(typer.main.get_command(app))), "say in CALLS how a new command is called so that it waits"


@pytest.fixture(scope="module")
def endings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, signal.Signals], Any]]:
    """Run every command against a port that accepts connections and never answers, and against a closed one."""
    with socket.socket() as mute, ThreadPoolExecutor(AT_ONCE) as pool:
        mute.bind((HOST, 0))
        mute.listen()
        closed = free_port(HOST)
        ports = {signal.SIGINT: mute.getsockname()[1], signal.SIGTERM: closed, signal.SIGHUP: closed}
        yield {
            (name, how): pool.submit(ended, name, how, ports[how], tmp_path_factory.mktemp("waits"))
            for name in CALLS
            for how in ports
        }


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("name", CALLS)
def test_it_says_what_it_waits_for_and_ends_when_it_is_asked_to(
    endings: dict[tuple[str, signal.Signals], Any], name: str, how: signal.Signals
) -> None:
    found: Ended = endings[name, how].result()
    assert found.status == (128 + how if CALLS[name].unfinished else 0), found
    assert f"ended by {how.name}; " in found.said[-1]
    assert "Traceback" not in "\n".join(found.said)
    assert not found.left


def ended(name: str, how: signal.Signals, port: int, folder: Path) -> Ended:
    """Run a command until it waits, send it a signal, and return how it ended."""
    call = CALLS[name]
    os.mkfifo(folder / FIFO)
    (folder / SCRATCH).mkdir()
    (folder / URL).touch(0o600)
    pipe = os.open(folder / FIFO, os.O_RDWR)
    os.write(pipe, b"\n")  # until the command reads it, or writes more
    environment = INHERITED | {
        "LANG": "C",
        "TOCSIN_CONFIG": str(EXAMPLES / "office.yaml"),
        "TOCSIN_KAFKA_BOOTSTRAP": f"{HOST}:{port}",
        "TOCSIN_PSEUDONYM_KEY": "of a length that is enough",
        "TOCSIN_MAIL": f"{{server: '{HOST}:1', security: none, from: a@b.fr, to: [{{address: c@d.fr}}]}}",
        "TOCSIN_NOTIFY": f"{{gateways: {{sms: {{url_file: '{folder / URL}', body: {{text: '{{text}}'}}}}}}}}",
        "TOCSIN_STATE_DIR": str(folder),
        "TMPDIR": str(folder / SCRATCH),
    }
    if call.ready == FIFO:
        del environment["TOCSIN_PSEUDONYM_KEY"]
    (folder / SAID).touch()
    process = FORKS.Process(target=run, args=([*name.split(), *call.words.split()], environment, folder))
    process.start()
    try:
        await_that_it_waits(process, call, pipe, folder / SAID)
        assert process.pid
        os.kill(process.pid, how)
        process.join(PATIENCE)
        assert process.exitcode is not None
        left = [str(each.relative_to(folder)) for each in (folder / SCRATCH).rglob("*")]
        return Ended(process.exitcode, (folder / SAID).read_text().splitlines(), left)
    finally:
        process.kill()
        os.close(pipe)


def run(words: list[str], environment: dict[str, str], folder: Path) -> None:
    """Run a command in this process as a shell would, with this environment and folder, its output in a file."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    said = os.open(SAID, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(said, stream.fileno())
    sys.argv = ["tocsin", *words]
    client.START_MS = round(1000 * FOR_EVER)  # a process that ignores the request never ends
    try:
        program.main()
    finally:
        atexit._run_exitfuncs()  # multiprocessing skips these


def await_that_it_waits(process: BaseProcess, call: Call, pipe: int, said: Path) -> None:
    def waits() -> bool:
        assert process.exitcode is None, said.read_text()
        return unread(pipe) != 1 if call.ready == FIFO else call.ready in said.read_text()

    until(waits, said.read_text, every=0.05)


def unread(pipe: int) -> int:
    """Return the number of unread bytes in a pipe."""
    (count,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))
    return int(count)
