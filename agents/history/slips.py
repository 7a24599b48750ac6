"""The result of each mail, so that a later run sends what is missing and nothing twice.

A slip is stored in the topic of the notes of decisions, under its own key, like the ticks of callers: it survives the
machine that sent the mail. It has a period and a hash of an address, but no figure and no caller. It is written as
`due` before the mail is sent, so that a mail that was never sent is known too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from agents.kafka.client import Topic, topic
from agents.kafka.reading import latest, leaving_out
from agents.kafka.sending import Sender
from config.mail import MailKind
from config.settings import Settings
from streams.indicators.period import Period
from streams.periods.named import asked_by, period_of

_MARK: Final = "/mail/"
_ADDRESS: Final = 32  # hex digits of an address's hash
SlipState: TypeAlias = Literal["due", "sent", "refused"]


class Slip(Struct, frozen=True):
    """The result of a mail; one that a server `refused` for good is not tried again."""

    state: SlipState
    at: datetime


_decode: Final = msgspec.json.Decoder(Slip).decode


class MailName(NamedTuple):
    """The identity of a mail: its kind, period and address."""

    kind: MailKind
    period: Period
    address: str

    def key(self, site: str) -> bytes:
        """Return the key of the mail's slip, which does not reveal the address.

        >>> MailName("day", period_of("2026-11-25"), "qualite@prefecture.example").key("lozere")
        b'lozere/mail/day/2026-11-25/ba7006c669528858d867a1936d34a517'
        """
        return f"{site}{_MARK}{self.kind}/{name_of(self.period)}/{_hashed(self.address)}".encode()


def name_of(period: Period) -> str:
    """Return the name of a day, a week or a month; `period_of` reads it."""
    return asked_by(period)["period"]


def is_slip(key: bytes) -> bool:
    """Return whether a record in the topic of notes is a slip."""
    return _MARK.encode() in key


def _hashed(address: str) -> str:
    return sha256(address.lower().encode()).hexdigest()[:_ADDRESS]


class Slips:
    """The results of an office's mails."""

    def __init__(self, site: str) -> None:
        self._begins = f"{site}{_MARK}"
        self._known = defaultdict[tuple[str, str], dict[Period, Slip]](dict)  # by kind and hash of an address

    def take(self, key: bytes, value: bytes) -> None:
        """Take a record of the topic of notes; raise what `leaving_out` catches if it cannot be read."""
        name = key.decode(errors="replace")
        if name.startswith(self._begins):
            kind, period, address = name.removeprefix(self._begins).split("/")
            self._known[kind, address][period_of(period)] = _decode(value)

    def of(self, name: MailName) -> Slip | None:
        """Return the result of a mail; None if it was never due."""
        return self._known[name.kind, _hashed(name.address)].get(name.period)

    def missing(self, kind: MailKind, address: str, periods: Sequence[Period]) -> list[MailName]:
        """Return the mails of `periods` to send, the earliest first; a new address gets only the last."""
        known = self._known[kind, _hashed(address)]
        first = min(known or periods[-1:], key=attrgetter("first"), default=None)
        asked = [each for each in periods if first is not None and each.first >= first.first]
        return [MailName(kind, each, address) for each in asked if each not in known or known[each].state == "due"]

    def over(self, kind: MailKind, address: str, periods: Sequence[Period]) -> list[MailName]:
        """Return the mails of earlier periods, which are not tried again; none until a slip of `periods` is known."""
        known = self._known[kind, _hashed(address)]
        if not any(each in known for each in periods):
            return []  # keep the slips that show that the address is not new
        return [MailName(kind, each, address) for each in known if each.last < periods[0].first]


def read_slips(settings: Settings) -> Slips:
    """Return the results of an office's mails; raise `KafkaError` if no broker answers."""
    slips = Slips(settings.site)
    for record in latest(settings, topic(settings, Topic.NOTES)):
        with leaving_out(record):
            slips.take(record.key or b"", record.value or b"")
    return slips


class SlipBook:
    """A writer of slips, each confirmed by the broker before it returns."""

    def __init__(self, settings: Settings, sender: Sender) -> None:
        self._settings = settings
        self._sender = sender

    def note(self, name: MailName, state: SlipState, at: datetime) -> None:
        """Store the result of a mail; raise `KafkaError` if the broker refuses it."""
        self._put(name, msgspec.json.encode(Slip(state, at)))

    def forget(self, names: Iterable[MailName]) -> None:
        """Erase slips; raise `KafkaError` if the broker refuses it."""
        for each in names:
            self._put(each, None)

    def _put(self, name: MailName, value: bytes | None) -> None:
        self._sender.send(topic(self._settings, Topic.NOTES), name.key(self._settings.site), value)
        self._sender.confirm()
