"""The decoding of bytes to an event, or to a precise reason for rejecting them."""

from __future__ import annotations

import json
import re
from collections.abc import Container
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Final, Generic, TypeVar

import msgspec
from msgspec.inspect import LiteralType, StructType, UnionType, type_info

from streams.events import MAX_EPOCH, CallEvent, Event, Reading, RequestEvent, Review, ServiceReading, TicketEvent
from streams.number import ANY_NUMBERS, FIELDS, MORE, Fields, Numbers, withheld
from streams.said import said

T = TypeVar("T", bound=Event)

MAX_DETAIL: Final = 1_000  # characters: a detail may quote a record of a megabyte

_EARLIEST, _LATEST = (datetime.fromtimestamp(epoch, UTC) for epoch in (0, MAX_EPOCH))
_DATE = "write it as 2013-03-04T08:30:00+01:00"
_ADVICE = (  # a part of msgspec's message, and the advice to add
    ("`float` <=", "is it in milliseconds? expected seconds"),
    ("timezone component", _DATE),
    ("RFC3339", _DATE),
    ("'^hmac:", "a caller comes as a keyed hash, never as a number"),
    ("truncated", "expected one whole JSON object"),
    ("recursion", "expected one flat JSON object"),
)
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_MENDED: Final = (  # the remedies: first for a record of a source, then for a person's record
    "send a pseudonym in its place, as `tocsin ingest events` makes one",
    "a decision is published and kept: write it without numbers and names",
)


class Invalid(ValueError):
    """The rejection of a record: a short `reason` to count by, and a `detail` that explains the correction.

    A detail may quote the record, but never a telephone number, because it is printed, logged and kept.
    """

    def __init__(self, reason: str, detail: str) -> None:
        said = detail
        if len(detail) > 2 * MAX_DETAIL:
            detail = f"{detail[:MAX_DETAIL]}…{detail[-MAX_DETAIL:]}"
        detail = withheld(detail, ANY_NUMBERS, MORE)
        if len(detail) > MAX_DETAIL:  # the end is kept too, because it has the expected value
            half = MAX_DETAIL // 2
            detail = f"{detail[:half]}…{detail[-half:]}"
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = str(detail)
        # The detail can be translated unless something was withheld or cut.
        self.says = said if said == detail else self.detail


def require_no_number(
    event: Event, numbers: Numbers, fields: Fields | None = None, known: Container[str | None] = (None,)
) -> None:
    """Raise `Invalid` if a field of an event contains a telephone number; `known` texts contain none."""
    field = numbers.field_with_number(event, fields or FIELDS[event.__class__], known)
    if field is not None:
        raise Invalid("number", f"a telephone number - at `$.{field}`; {_MENDED[isinstance(event, Review)]}")


class Unreadable(bytes):
    """The value of the record in place of a batch that cannot be read: its offsets, and why, as text."""


class Decoder(Generic[T]):
    """A decoder of JSON records of one kind of event.

    >>> Decoder(CallEvent).decode(b'{"line": "standard", "call": "7", "type": "lost", "at": 0}').type
    'lost'
    """

    def __init__(self, kind: type[T]) -> None:
        self._decode = msgspec.json.Decoder(kind).decode
        self._choices = _choices(kind)  # type: ignore[arg-type]  # a class can be hashed

    def decode(self, record: bytes | None) -> T:
        """Return the event in a record, or raise `Invalid`."""
        if record is None:
            raise Invalid("malformed", "the record is empty; expected one JSON object")
        try:
            event = self._decode(record)
        except msgspec.ValidationError as error:
            raise Invalid("invalid", self._advise(str(error))) from None
        except UNREADABLE as error:
            if isinstance(record, Unreadable):
                raise Invalid("unreadable", record.decode()) from None
            raise Invalid("malformed", _advise(str(error))) from None
        at = event.at
        if at.__class__ is not float and not _EARLIEST <= at <= _LATEST:  # type: ignore[operator]  # a datetime
            raise Invalid("invalid", f"{at} - at `$.at`; expected a moment from 1970 to 2100")
        return event

    def _advise(self, detail: str) -> str:
        if detail.startswith("Invalid enum value"):
            _, _, field = detail.rpartition(" - at ")
            return f"{detail}; expected one of {self._choices[field]}"
        return _advise(detail)


class AnyDecoder:
    """A decoder of records of all kinds of events, each with a field of its own; it refuses a key that comes twice.

    A `Decoder` takes the last one, as the check takes as long as the decoding, and would slow the worker down.
    """

    _kinds: tuple[tuple[str, type[Event]], ...] = (
        ("call", CallEvent),
        ("ticket", TicketEvent),
        ("request", RequestEvent),
        ("decision", Review),
        ("service", ServiceReading),
        ("mode", Reading),
    )

    def __init__(self) -> None:
        self._decoders = {kind: Decoder(kind) for _, kind in self._kinds}
        self._by_name = [(f'"{field}"'.encode(), self._decoders[kind]) for field, kind in self._kinds]

    def decode(self, record: bytes) -> Event:
        """Return the event in a record, or raise `Invalid`."""
        event = self._event(record)
        _require_single_keys(record)
        return event

    def _event(self, record: bytes) -> Event:
        for name, decoder in self._by_name:
            if name in record:  # most likely the field, so the record is read only once
                with suppress(Invalid):
                    return decoder.decode(record)
                break
        try:
            fields = msgspec.json.decode(record, type=dict[str, msgspec.Raw])
        except UNREADABLE as error:
            raise Invalid("malformed", _advise(str(error))) from None
        for field, kind in self._kinds:
            if field in fields:
                return self._decoders[kind].decode(record)
        expected = ", ".join(f"`{field}`" for field, _ in self._kinds)
        raise Invalid("invalid", f"no event: expected one of the fields {expected}")


_FIELDS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_SPACED: Final = re.compile(rb'"\s').search  # perhaps a key with blanks before its colon


def _require_single_keys(record: bytes) -> None:
    """Raise `Invalid` if an object of a record has a key twice: one of the two values would be lost."""
    try:
        if record.count(b'":') != len(_FIELDS(record)) or _SPACED(record):  # a quick look; a text may look like a key
            json.loads(record, object_pairs_hook=_single)
    except UNREADABLE as error:  # in a field that no event has, so that nothing has read it
        raise Invalid("malformed", _advise(str(error))) from None


def _single(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Invalid("malformed", said("the key {key} comes twice; expected each key once", key=repr(twice)))
    return found


def _advise(detail: str) -> str:
    for part, advice in _ADVICE:
        if part in detail:
            return f"{detail}; {advice}"
    return detail


@cache
def _choices(kind: type[Event]) -> dict[str, str]:
    """Return the allowed values of each enumerated field, by the field's name in msgspec's errors."""
    struct = type_info(kind)
    assert isinstance(struct, StructType)
    choices = {}
    for field in struct.fields:
        members = field.type.types if isinstance(field.type, UnionType) else (field.type,)
        for member in members:
            if isinstance(member, LiteralType):
                choices[f"`$.{field.encode_name}`"] = ", ".join(map(str, member.values))
    return choices
