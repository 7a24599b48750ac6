"""Closes the socket of a connection that fails or that a closing client cuts off, and bounds the TLS handshake.

kafka-python leaves the socket to the garbage collector, and a client that waits for its broker creates no garbage: an
audit whose broker had gone kept a socket more every half minute. And it waits for ever for a broker that accepts the
connection, but does not shake hands.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any

from kafka.net.inet import KafkaNetSocket  # type: ignore[import-untyped]  # ships no types
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport  # type: ignore[import-untyped]  # the same

HANDSHAKE_SECONDS = 10.0  # as long as kafka-python gives a connection without TLS


def close_failed() -> None:
    """Let kafka-python close the socket of each connection that fails, is cut off, or does not shake hands in time."""
    KafkaNetSocket.connect = _connect
    KafkaSSLTransport.handshake = _closing(_shake_hands)
    KafkaTCPTransport._write_to_sock = _closing(KafkaTCPTransport._write_to_sock)  # noqa: SLF001 -- it has no other name


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


async def _shake_hands(transport: Any) -> None:  # noqa: ANN401 -- kafka-python's object, which has no type
    net, sock = transport._net, transport._sock  # noqa: SLF001 -- they have no other names
    end = time.monotonic() + HANDSHAKE_SECONDS
    while True:
        try:
            sock.do_handshake()
        except ssl.SSLWantReadError:
            await net.wait_read(sock, timeout_at=end)
        except ssl.SSLWantWriteError:
            await net.wait_write(sock, timeout_at=end)
        else:
            return


def _closing(step: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    """Return a step of a transport that closes its socket unless it ends well."""

    @wraps(step)
    async def closing(transport: Any) -> None:  # noqa: ANN401 -- kafka-python's object, which has no type
        try:
            await step(transport)
        except BaseException:
            if transport._sock is not None:  # noqa: SLF001 -- it has no other name
                transport._sock.close()  # noqa: SLF001 -- the same
            raise

    return closing
