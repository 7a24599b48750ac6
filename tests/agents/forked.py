"""Commands of `tocsin` as processes that start with all modules imported: an import takes longer than most tests."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from typing import IO, Any, Final

from agents.kafka.child import stop
from tests.waiting import PATIENCE

IMPORTED: Final = ("agents.cli", "agents.worker.run", "faust.app", "agents.board.office", "agents.board.server")
PR_SET_PDEATHSIG: Final = 1

FORKS: Final = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([*IMPORTED])


class Forked:
    """A process with the attributes and methods of `subprocess.Popen` that tests use."""

    def __init__(self, process: ForkServerProcess, *pipes: IO[str]) -> None:
        self._process = process
        self.pid = process.pid or 0
        self.stdout: IO[str] | None = pipes[0] if pipes else None
        self.stderr: IO[str] | None = pipes[1] if pipes else None

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # the fork server learns of its end before this process does
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait for its end; return the rest of its output and of its errors."""
        with ThreadPoolExecutor(2) as reading:
            texts = [reading.submit(pipe.read) if pipe else None for pipe in (self.stdout, self.stderr)]
            try:
                self.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
            out, err = (text.result() if text else "" for text in texts)
        return out, err


@contextmanager
def forked(words: Sequence[str], *, env: Mapping[str, str], said: IO[bytes], program: str = "") -> Iterator[Forked]:
    """Run a command with its output in a file; when the block ends, terminate it, and kill it if it does not obey.

    If a program is given, it runs instead of the command, as `python -c` would run it.
    """
    command = Forked(_process(words, env, program, said.fileno(), said.fileno()))
    try:
        yield command
    finally:
        stop(command)


@contextmanager
def piped(words: Sequence[str], *, env: Mapping[str, str] = os.environ, program: str = "") -> Iterator[Forked]:
    """Run a command, or a program as above, with its outputs in pipes; when the block ends, wait for its end."""
    with ExitStack() as stack:
        (out, its_out), (err, its_err) = os.pipe(), os.pipe()
        pipes = [stack.enter_context(os.fdopen(each, encoding="utf-8")) for each in (out, err)]
        command = Forked(_process(words, env, program, its_out, its_err), *pipes)
        os.close(its_out)
        os.close(its_err)
        yield command
        command.wait()


def run(
    words: Sequence[str], *, env: Mapping[str, str] = os.environ, program: str = "", timeout: float = PATIENCE
) -> subprocess.CompletedProcess[str]:
    """Run a command, or a program as above, to its end."""
    with piped(words, env=env, program=program) as command:
        out, err = command.communicate(timeout)
    return subprocess.CompletedProcess([*words], command.wait(), out, err)


def _process(words: Sequence[str], env: Mapping[str, str], program: str, out: int, err: int) -> ForkServerProcess:
    process = FORKS.Process(target=_run, args=(list(words), dict(env), program, DupFd(out), DupFd(err)))
    process.start()
    return process


def _run(words: list[str], env: dict[str, str], program: str, out: Any, err: Any) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # the server of the forks ends with the tests
    os.setsid()
    for number, each in ((1, out), (2, err)):
        os.dup2(its := each.detach(), number)
        os.close(its)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["tocsin", *words]
    if program:
        exec(program, {"__name__": "__main__"})
        return
    from agents.__main__ import main  # noqa: PLC0415 -- as the command does

    main()
