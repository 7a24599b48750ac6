"""Commands of `tocsin` as processes that start with all modules imported: an import takes longer than most tests."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from typing import IO, Any, Final

from agents.kafka.child import stop

IMPORTED: Final = ("agents.cli", "agents.worker.run", "faust.app", "agents.board.office", "agents.board.server")
PR_SET_PDEATHSIG: Final = 1

FORKS: Final = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([*IMPORTED])


class Forked:
    """A process with the methods of `subprocess.Popen` that tests use."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self.pid = process.pid or 0

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
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@contextmanager
def forked(words: Sequence[str], *, env: Mapping[str, str], said: IO[bytes]) -> Iterator[Forked]:
    """Run a command with its output in a file; when the block ends, terminate it, and kill it if it does not obey."""
    process = FORKS.Process(target=_run, args=(list(words), dict(env), DupFd(said.fileno())))
    process.start()
    command = Forked(process)
    try:
        yield command
    finally:
        stop(command)


def _run(words: list[str], env: dict[str, str], said: Any) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # the server of the forks ends with the tests
    os.setsid()
    output = said.detach()
    for each in (1, 2):
        os.dup2(output, each)
    os.close(output)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["tocsin", *words]
    from agents.__main__ import main  # noqa: PLC0415 -- as the command does

    main()
