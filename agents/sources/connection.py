"""The connection to a running exchange: its bytes, and whether the exchange still answers."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Final

POLL_SECONDS: Final = 0.5


class SocketLost(OSError):
    """The connection to the exchange is lost."""


def pieces(connection: socket.socket, silent: float, ask: Callable[[], None]) -> Iterator[bytes | None]:
    """Yield the received bytes, and None if there are none for `POLL_SECONDS`.

    After half of `silent` (s) without a byte, `ask` requests an answer. If none comes in the other half, the exchange
    is gone even if the connection is open. Raises `SocketLost` then, and when the connection ends.
    """
    connection.settimeout(POLL_SECONDS)
    heard, asked = time.monotonic(), False
    while True:
        try:
            piece = connection.recv(65536)
        except TimeoutError:
            quiet = time.monotonic() - heard
            if asked and quiet > silent / 2:
                raise SocketLost(f"no data for {silent:g} s, not even an answer to a request") from None
            if not asked and quiet > silent / 2:
                ask()
                heard, asked = time.monotonic(), True
            yield None
            continue
        if not piece:
            raise SocketLost("the exchange closed the connection")
        heard, asked = time.monotonic(), False
        yield piece
