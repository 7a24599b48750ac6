"""A broker behind a proxy that can be cut between two requests: it then stays silent, or refuses connections."""

from __future__ import annotations

import secrets
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, Literal, TypeAlias

from agents.kafka.broker import _binary, listens
from agents.kafka.child import child
from agents.ports import free_port
from tests.waiting import until

HOST: Final = "127.0.0.1"
How: TypeAlias = Literal["silent", "gone"]


class Cut:
    """The proxy; `requests` counts what passed since `restore`."""

    def __init__(self, port: int, target: int) -> None:
        self.requests = 0
        self._port, self._target = port, target
        self._after: int | None = None
        self._how: How = "silent"
        self._open: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._lock = threading.Lock()

    def restore(self, *, after: int | None = None, how: How = "silent") -> None:
        """Let requests pass again, but only `after` of them if given."""
        self.close()
        with self._lock:
            self.requests, self._after, self._how = 0, after, how
            self._listener = socket.create_server((HOST, self._port), backlog=100)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def silence(self) -> None:
        """Let no further request pass, and keep the connections."""
        with self._lock:
            self._after = self.requests

    def close(self) -> None:
        with self._lock:
            for each in [*self._open, self._listener]:
                if each is not None:
                    with suppress(OSError):
                        each.shutdown(socket.SHUT_RDWR)
                    each.close()
            self._open, self._listener = [], None

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection((HOST, self._target))
            with self._lock:
                if self._listener is not listener:  # it was closed meanwhile
                    client.close()
                    server.close()
                    return
                self._open += [client, server]
            for there, back in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(there, back, there is client), daemon=True).start()

    def _pass(self, here: socket.socket, there: socket.socket, asks: bool) -> None:  # noqa: FBT001
        with suppress(OSError, struct.error):
            while not self._is_cut():
                head = _exactly(here, 4)
                body = _exactly(here, struct.unpack(">i", head)[0])
                if asks and self._count():
                    return
                if not self._is_cut():
                    there.sendall(head + body)
        if not self._is_cut():
            for each in (here, there):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def _is_cut(self) -> bool:
        return self._after is not None and self.requests > self._after

    def _count(self) -> bool:
        """Count a request; return whether the proxy is cut now."""
        with self._lock:
            self.requests += 1
        if self._is_cut() and self._how == "gone":
            self.close()
        return self._is_cut()


def _exactly(here: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        part = here.recv(count - len(found))
        if not part:
            raise OSError
        found += part
    return found


@contextmanager
def cut_broker() -> Iterator[tuple[str, Cut]]:
    """Run an embedded broker that is reached only through a proxy; yield its address and the proxy."""
    behind, before = free_port(HOST), free_port(HOST)
    url = f"tcp://{HOST}:"
    command = [
        *(str(_binary()), "broker", "--silent", "--cluster-id", f"cut-{secrets.token_hex(8)}"),
        *("--listener-url", f"{url}{behind}", "--advertised-listener-url", f"{url}{before}"),
        *("--storage-engine", "memory://tansu/"),
    ]
    cut = Cut(before, behind)
    with tempfile.TemporaryFile() as said, child(command, env={}, said=said, folder="/"):
        until(lambda: listens(f"{HOST}:{behind}"))
        cut.restore()
        try:
            yield f"{HOST}:{before}", cut
        finally:
            cut.close()
