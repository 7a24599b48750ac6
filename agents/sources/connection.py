"""A running exchange's connection: its bytes as they come, and whether anybody is there."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from config.refusal import ConfigError, Mistake

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


def secret(variable: str, key: str, file: Path | None, expected: str, environ: Mapping[str, str]) -> str:
    """Return a password from the environment, else from a file; raise `ConfigError` where neither has one line."""
    password = environ.get(variable)
    if password is None and file is not None:
        password = file.read_text(encoding="utf-8")
    password = (password or "").strip()
    if not password or not password.isprintable():
        raise ConfigError([Mistake(key, "", "no password of one line", expected)])
    return password
