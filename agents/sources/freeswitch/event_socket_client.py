"""A live client of FreeSWITCH's event socket, which subscribes to mod_callcenter and the heartbeat and listens."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Final

from agents.secret import secret
from agents.sources.connection import SocketLost, pieces
from agents.sources.freeswitch.event_socket import EventSocket, Frame, Read
from config.environment import Variable
from config.exchanges import FreeSwitch
from config.refusal import ConfigError, Mistake

PASSWORD: Final = Variable.EVENT_SOCKET_PASSWORD
GREETING_SECONDS: Final = 10.0  # for each answer until the events come
SILENT_SECONDS: Final = 70.0  # a heartbeat comes every 20 s, unless configured otherwise: then the client asks

_SUBSCRIBE = "event plain HEARTBEAT CUSTOM callcenter::info"
_PASSWORD_KEY = "exchanges.freeswitch.password_file"  # noqa: S105 -- the key's name


class EventSocketClient:
    """One connection, lost after `silent` seconds without a byte."""

    def __init__(
        self,
        host: str,
        port: int,
        password: str,
        *,
        greeting: float = GREETING_SECONDS,
        silent: float = SILENT_SECONDS,
    ) -> None:
        self._password = password
        self._greeting = greeting
        self._silent = silent
        self._connection = socket.create_connection((host, port), timeout=greeting)
        self._frames = self._received()
        try:
            self._log_in()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def ask(self, command: str) -> None:
        """Send a command; the answers arrive among the frames, in the order of the commands."""
        self._connection.sendall(f"{command}\n\n".encode())

    def frames(self) -> Iterator[Read | None]:
        """Yield every frame, and None if none arrives for a while; raise `SocketLost` at the end."""
        return self._frames

    def _received(self) -> Iterator[Read | None]:
        cut = EventSocket()
        for piece in pieces(self._connection, self._silent, lambda: self.ask("api uptime")):
            if piece is None:
                yield None
            else:
                yield from cut.feed(piece)

    def _log_in(self) -> None:
        """Log in and subscribe; raise `ConfigError` if the login is refused, `SocketLost` if there is no answer."""
        self._answer("auth/request")
        self.ask(f"auth {self._password}")
        if b"+OK" not in self._answer("command/reply").headers:
            raise ConfigError([Mistake(PASSWORD, "", "a password that the exchange refuses", _expected())])
        self.ask(_SUBSCRIBE)
        if b"+OK" not in self._answer("command/reply").headers:
            raise SocketLost("it refuses to send the events of mod_callcenter")

    def _answer(self, kind: str) -> Frame:
        end = time.monotonic() + self._greeting
        for frame in self._frames:
            if isinstance(frame, Frame) and frame.kind == kind:
                return frame
            if isinstance(frame, Frame) and frame.kind == "text/rude-rejection":
                found = "an exchange that refuses this address"
                raise ConfigError([Mistake("HOST:PORT", "", found, "one whose apply-inbound-acl has this machine")])
            if time.monotonic() > end:
                break
        raise SocketLost(f"no {kind} within {self._greeting:g} s; is it the port of the event socket?")


def password_of(freeswitch: FreeSwitch, environ: Mapping[str, str] = os.environ) -> str:
    """Return the password of the event socket; raise `ConfigError` if neither file nor environment has one."""
    return secret(PASSWORD, _PASSWORD_KEY, freeswitch.password_file, _expected(), environ)


def _expected() -> str:
    return f"that of event_socket.conf.xml, in {PASSWORD} or the file that {_PASSWORD_KEY} names"
