"""A fake exchange on loopback that follows a script."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeAlias

from tests.waiting import PATIENCE

Script: TypeAlias = Sequence[bytes | str | float]


class ScriptedServer:
    """A server that plays one script per connection and then closes it.

    Bytes are sent, a number is a pause (s), and a text is awaited as the beginning of the client's next block.
    A block ends with an empty line.
    """

    def __init__(self, scripts: Sequence[Script]) -> None:
        self.heard: list[str] = []
        self._scripts = scripts
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._listening.close()
        self._thread.join(PATIENCE)

    def _serve(self) -> None:
        for script in self._scripts:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, suppress(ConnectionError):  # the client may disconnect before the script ends
                self._play(connection, script)

    def _play(self, connection: socket.socket, script: Script) -> None:
        said = connection.makefile("rb")
        for step in script:
            if isinstance(step, bytes):
                half = len(step) // 2
                for part in (step[:half], step[half:]):  # a reader must not rely on getting whole messages
                    connection.sendall(part)
                    self._over.wait(0.02)
            elif isinstance(step, str):
                told = []
                while line := said.readline().decode().strip():
                    told.append(line)
                self.heard.append("\n".join(told))
                assert self.heard[-1].startswith(step), f"{self.heard[-1]!r}, expected {step!r}"
            else:
                self._wait(connection, step)
        said.close()

    def _wait(self, connection: socket.socket, seconds: float) -> None:
        """Wait, but only while the client is connected."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._over.wait(0.02):
            if select.select([connection], [], [], 0)[0] and not connection.recv(1, socket.MSG_PEEK):
                return


@contextmanager
def exchange(*scripts: Script) -> Iterator[ScriptedServer]:
    """Run a server for the block."""
    server = ScriptedServer(scripts)
    try:
        yield server
    finally:
        server.close()
