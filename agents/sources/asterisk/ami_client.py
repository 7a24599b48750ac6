"""A live client of Asterisk's manager interface, which logs in and listens.

Reference: docs.asterisk.org, "The Asterisk Manager TCP/IP API" and its actions Challenge, Login, Ping and QueueStatus.
"""

from __future__ import annotations

import hashlib
import os
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Final

from agents.secret import secret
from agents.sources.asterisk.ami_messages import GREETING, MAX_LINE, AmiLines, AmiMessage, Parsed
from agents.sources.connection import SocketLost, pieces
from config.environment import Variable
from config.exchanges import Asterisk
from config.refusal import ConfigError, Mistake

PASSWORD: Final = Variable.AMI_PASSWORD
GREETING_SECONDS: Final = 10.0  # for each answer until the events come
SILENT_SECONDS: Final = 40.0  # an exchange without calls is silent: after half of this time the client sends a Ping

_USER_KEY: Final = "exchanges.asterisk.user"
_PASSWORD_KEY: Final = "exchanges.asterisk.password_file"  # noqa: S105 -- the key's name


class AmiClient:
    """One connection, lost after `silent` seconds without a byte."""

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        password: str,
        *,
        greeting: float = GREETING_SECONDS,
        silent: float = SILENT_SECONDS,
    ) -> None:
        self._user = user
        self._greeting = greeting
        self._silent = silent
        self._connection = socket.create_connection((host, port), timeout=greeting)
        self._messages = self._received()
        try:
            self._log_in(password)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def ask(self, action: str, **headers: str) -> None:
        """Send an action; its answer arrives among the messages."""
        fields = {"Action": action} | headers
        self._connection.sendall("".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode() + b"\r\n")

    def messages(self) -> Iterator[Parsed | None]:
        """Yield every message, and None if none arrives for a while; raise `SocketLost` at the end."""
        return self._messages

    def _received(self) -> Iterator[Parsed | None]:
        joined, rest = AmiLines(), b""
        try:
            for piece in pieces(self._connection, self._silent, lambda: self.ask("Ping")):
                if piece is None:
                    yield None
                    continue
                *whole, rest = (rest + piece).split(b"\n")
                for line in whole:
                    yield from joined.feed(line)
                rest = rest[: MAX_LINE + 1]  # the rest of an overlong line is not needed
                if not whole:
                    yield None
        except OSError:
            yield from joined.feed(rest)
            yield from joined.close()
            raise

    def _log_in(self, password: str) -> None:
        """Log in; raise `ConfigError` if the exchange refuses the login, `SocketLost` if it does not answer."""
        self._answer(GREETING)
        self.ask("Challenge", AuthType="MD5")
        challenge = self._answer("").get("Challenge")
        if challenge:
            key = hashlib.md5((challenge + password).encode(), usedforsecurity=False).hexdigest()  # the protocol's own
            self.ask("Login", AuthType="MD5", Username=self._user, Key=key, Events="on")
        else:
            self.ask("Login", Username=self._user, Secret=password, Events="on")
        answer = self._answer("")
        if answer.get("Response") != "Success":
            found = f"a login that the exchange refuses: {answer.get('Message')!r}"
            expected = f"the section and secret of manager.conf, whose permit has this machine ({_expected()})"
            raise ConfigError([Mistake(_USER_KEY, "", found, expected)])

    def _answer(self, event: str) -> AmiMessage:
        end = time.monotonic() + self._greeting
        for message in self._messages:
            if isinstance(message, AmiMessage) and message.event == event:
                return message
            if time.monotonic() > end:
                break
        what = "answer" if not event else f"line {event!r}"
        raise SocketLost(f"no {what} within {self._greeting:g} s; is it the port of the manager interface?")


def login_of(asterisk: Asterisk, environ: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """Return user and password of the manager interface; raise `ConfigError` if one is missing."""
    if not (user := (asterisk.user or "").strip()) or not user.isprintable():
        raise ConfigError([Mistake(_USER_KEY, "", "no user of one line", "the name of a section of manager.conf")])
    return user, secret(PASSWORD, _PASSWORD_KEY, asterisk.password_file, _expected(), environ)


def _expected() -> str:
    return f"its secret of manager.conf in {PASSWORD} or the file that {_PASSWORD_KEY} names"
