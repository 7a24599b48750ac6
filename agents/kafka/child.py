"""Child processes that never outlive their parent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Protocol

STOP_SECONDS = 6.0  # less than `agents.ending` gives the parent

# Linux ends the child when the thread that started it ends for any reason. The child asks for this itself, after its
# exec: a preexec_fn could deadlock in a process with threads, and Python 3.12 warns about it.
_TIED = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
if os.getppid() != int(sys.argv[1]):
    sys.exit("its parent ended before it began")
os.execv(sys.argv[2], sys.argv[2:])
"""


class Stoppable(Protocol):
    """A process, started by `subprocess` or forked."""

    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


@contextmanager
def child(
    command: Sequence[str], *, env: Mapping[str, str], said: IO[bytes], folder: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program with its output in a file; when the block ends, terminate it, and kill it if it does not obey."""
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", "-c", _TIED, str(os.getpid()), *command]
    process = subprocess.Popen(  # noqa: S603 -- programs of our own
        command,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=said,
        cwd=folder,
        env=env,
        start_new_session=True,  # a terminal's Ctrl-C reaches only the parent, which then ends the child
    )
    try:
        yield process
    finally:
        stop(process)


def stop(process: Stoppable) -> None:
    """Terminate a process, and kill it if it does not obey."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
