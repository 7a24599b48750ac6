"""Child processes that never outlive the one that needs them."""

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

# Linux ends the child with the thread that started it, however that one ends. The wish is spoken by the child
# after its exec: a preexec_fn could deadlock, and Python 3.12 warns of it, where threads run.
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
    """Run a program while the block runs, what it says going to a file; ended gently, then firmly."""
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", "-c", _TIED, str(os.getpid()), *command]
    process = subprocess.Popen(  # noqa: S603 -- programs of our own
        command,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=said,
        cwd=folder,
        env=env,
        start_new_session=True,  # a terminal's Ctrl-C is for the parent, who ends the child afterwards
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
    """Return a port that can be listened on, any for 0; raise OSError that says why it cannot."""
    with socket.socket() as probe:
        # Otherwise the connections that a server has just left behind would still hold its port for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise OSError(f"port {port} of {host} is taken; choose another, or 0 for a free one") from None
            raise OSError(f"cannot listen on {host}:{port}: {error.strerror}") from None
        claimed: int = probe.getsockname()[1]
        return claimed
