"""Closes the socket of a connection that fails.

kafka-python leaves it to the garbage collector, and a client that waits for its broker creates no garbage: an audit
whose broker had gone kept a socket more every half minute.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

from kafka.net.inet import KafkaNetSocket  # type: ignore[import-untyped]  # ships no types


def close_failed() -> None:
    """Let kafka-python close the socket of each failed connection."""
    KafkaNetSocket.connect = _connect


async def _connect(
    self: Any,  # noqa: ANN401 -- kafka-python's object, which has no type
    net: Any,  # noqa: ANN401 -- the same
    address: tuple[int, int, int, str, Any],
    socket_options: Iterable[tuple[int, int, int]] = (),
    timeout_at: float | None = None,
) -> socket.socket:
    family, kind, protocol, _, where = address
    sock: socket.socket = self.socket(family, kind, protocol)
    try:
        sock.setblocking(False)  # noqa: FBT003 -- its only parameter
        for option in socket_options:
            sock.setsockopt(*option)
        return await self.sock_connect(net, sock, where, timeout_at=timeout_at)  # type: ignore[no-any-return]
    except BaseException:
        sock.close()
        raise
