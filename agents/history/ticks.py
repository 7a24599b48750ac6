"""The ticks by which a person marks callers as called back.

A tick is stored in the topic of the notes of decisions, under its own key: records of that topic can be erased for
good, and everyone who may decide may write there. It has half of a pseudonym and a moment, changes no figure, and is
erased after its day.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec import Struct

from agents.kafka.client import Topic, topic
from agents.kafka.sending import sending
from config.settings import Settings
from streams.calls.callers import FOLLOWED_BY
from streams.events import milliseconds

_MARK: Final = "/called-back/"


class Tick(Struct, frozen=True):
    """The moment up to which a caller's lost calls are settled; a call lost later needs another callback."""

    until: datetime


_decode: Final = msgspec.json.Decoder(Tick).decode


def is_tick(key: bytes) -> bool:
    """Return whether a record in the topic of notes is a tick.

    >>> is_tick(tick_key("lozere", "hmac:0123456789abcdef")), is_tick(b"lozere/d51a")
    (True, False)
    """
    return _MARK.encode() in key


def tick_key(site: str, caller: str) -> bytes:
    """Return the key of the tick of a caller's pseudonym.

    >>> tick_key("lozere", "hmac:0123456789abcdef00")
    b'lozere/called-back/0123456789abcdef'
    """
    return f"{site}{_MARK}{caller[FOLLOWED_BY]}".encode()


class Ticks:
    def __init__(self, site: str) -> None:
        self.until: dict[str, int] = {}  # epoch ms, by the part `FOLLOWED_BY` of the pseudonym
        self._begins = f"{site}{_MARK}"

    def take(self, key: bytes, value: bytes | None) -> None:
        """Take a record of the topic of notes; raise `msgspec.MsgspecError` for an unreadable tick."""
        name = key.decode(errors="replace")
        if not name.startswith(self._begins):
            return
        caller = name.removeprefix(self._begins)
        self.until.pop(caller, None)
        if value is not None:
            self.until[caller] = milliseconds(_decode(value).until)


def tick(settings: Settings, caller: str, until: int) -> None:
    """Tick off a caller's lost calls up to a moment (epoch ms); raise `KafkaError` on failure."""
    value = msgspec.json.encode(Tick(datetime.fromtimestamp(until / 1000, UTC)))
    with sending(settings, "a tick") as sender:
        sender.send(topic(settings, Topic.NOTES), tick_key(settings.site, caller), value)


def erase(settings: Settings, callers: Collection[str]) -> None:
    """Erase the ticks of callers, named by the part `FOLLOWED_BY` of a pseudonym; raise `KafkaError` on failure."""
    with sending(settings, "the end of a tick") as sender:
        for caller in callers:
            sender.send(topic(settings, Topic.NOTES), f"{settings.site}{_MARK}{caller}".encode(), None)
