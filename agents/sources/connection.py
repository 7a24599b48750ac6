"""A running exchange's connection: its bytes as they come, and whether anybody is there."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Final

POLL_SECONDS: Final = 0.5


class SocketLost(OSError):
    """Tell that the exchange is not heard any more."""


def pieces(connection: socket.socket, silent: float, ask: Callable[[], None]) -> Iterator[bytes | None]:
    """Yield what comes, and None whenever nothing came for `POLL_SECONDS`.

    After half of `silent` (s) without a byte the exchange is asked; where it does not answer in the other half, it is
    not there, though nobody closed the connection. Raises `SocketLost` then, and at the end.
    """
    connection.settimeout(POLL_SECONDS)
    heard, asked = time.monotonic(), False
    while True:
        try:
            piece = connection.recv(65536)
        except TimeoutError:
            quiet = time.monotonic() - heard
            if asked and quiet > silent / 2:
                raise SocketLost(f"silent for {silent:g} s, even when asked") from None
            if not asked and quiet > silent / 2:
                ask()
                heard, asked = time.monotonic(), True
            yield None
            continue
        if not piece:
            raise SocketLost("it closed the connection")
        heard, asked = time.monotonic(), False
        yield piece
