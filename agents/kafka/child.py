"""Child processes that never outlive their parent."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO

STOP_SECONDS = 10.0

# Linux ends the child when the thread that started it ends, however that happens. The child asks for it itself, after
# its exec: a preexec_fn could deadlock in a process with threads, and Python 3.12 warns of it.
_TIED = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
if os.getppid() != int(sys.argv[1]):
    sys.exit("its parent ended before it began")
os.execv(sys.argv[2], sys.argv[2:])
"""


@contextmanager
def child(
    command: Sequence[str], *, env: Mapping[str, str], said: IO[bytes], folder: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program while the block runs, with its output in a file; then end it, by force where it does not obey."""
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", "-c", _TIED, str(os.getpid()), *command]
    process = subprocess.Popen(  # noqa: S603 -- programs of our own
        command,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=said,
        cwd=folder,
        env=env,
        start_new_session=True,  # a terminal's Ctrl-C goes to the parent alone, which then ends the child
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port(host: str, port: int = 0) -> int:
    """Return a port that is free to listen on, any one for 0; raise an `OSError` that says why it is not free."""
    with socket.socket() as probe:
        # Otherwise the port of a server that has just ended would be held for a minute by its old connections.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise OSError(f"port {port} of {host} is taken; choose another, or 0 for a free one") from None
            raise OSError(f"cannot listen on {host}:{port}: {error.strerror}") from None
        claimed: int = probe.getsockname()[1]
        return claimed
