"""Claims a port before any other work begins, so that a command whose port is taken changes nothing."""

from __future__ import annotations

import errno
import random
import socket
from typing import Final

from agents.translation import text

LAST_PORT: Final = 65_535
# Below the ports of outgoing connections, as one of these could take the port before its server does. A client that
# retries such a port before the server listens may even connect to itself.
FREE_PORTS: Final = range(20_000, 32_768)
TRIES: Final = 20


class PortError(OSError):
    """Why a port cannot be listened on, and how to repair that."""


def listener(host: str, port: int, option: str = "--web-port") -> socket.socket:
    """Return a socket that listens on an address; port 0 takes a free one.

    Raises `PortError`, which names the command's option, if the port is out of range or taken, or if the address is not
    one of this host.
    """
    if not 0 <= port <= LAST_PORT:
        raise PortError(
            text("{option} {port}: expected a port from 0 to {last}", option=option, port=port, last=LAST_PORT)
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    claimed = socket.socket(family)
    # Otherwise the old connections of a server that has just ended would block its port for a minute.
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind((host, port))
        claimed.listen(128)  # until then another process could bind the same port
    except OSError as error:
        claimed.close()
        if error.errno == errno.EADDRINUSE:
            raise PortError(
                text(
                    "port {port} of {host} is taken; choose another with {option}, or 0 for a free one",
                    port=port,
                    host=host,
                    option=option,
                )
            ) from None
        raise PortError(
            text("cannot listen on {address}: {why}", address=f"{host}:{port}", why=error.strerror)
        ) from None
    return claimed


def free_port(host: str, port: int = 0, option: str = "--port") -> int:
    """Return a port that is free to listen on, any of `FREE_PORTS` for 0; raise `PortError` if there is none.

    It is for a server that needs its port before it starts; any other can listen on port 0 itself.
    """
    candidates = [port] if port else random.sample(FREE_PORTS, TRIES)
    for candidate in candidates:
        try:
            with listener(host, candidate, option):
                return candidate
        except PortError as error:
            refusal = error
    raise refusal
