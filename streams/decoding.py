"""From bytes to an event, or to a precise word on why not."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from streams.events import CallEvent, Event, Reading, RequestEvent, Review, TicketEvent

T = TypeVar("T", bound=Event)


class Invalid(ValueError):
    """Tell why a record is no event: a short `reason` to count by, a `detail` to mend by."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Decoder(Generic[T]):
    """Decode the JSON records of one kind of event.

    >>> Decoder(CallEvent).decode(b'{"line": "standard", "call": "7", "type": "lost", "at": 0}').type
    'lost'
    """

    def __init__(self, kind: type[T]) -> None:
        self._decode = msgspec.json.Decoder(kind).decode

    def decode(self, record: bytes | None) -> T:
        """Return the event in a record, or raise `Invalid`."""
        if record is None:
            raise Invalid("malformed", "the record is empty; expected one JSON object")
        try:
            return self._decode(record)
        except msgspec.ValidationError as error:
            raise Invalid("invalid", str(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Invalid("malformed", str(error)) from None


class AnyDecoder:
    """Decode records of every kind, told apart by the fields that only one kind has."""

    _kinds: tuple[tuple[str, type[Event]], ...] = (
        ("call", CallEvent),
        ("ticket", TicketEvent),
        ("request", RequestEvent),
        ("decision", Review),
        ("mode", Reading),
    )

    def __init__(self) -> None:
        self._decoders = {kind: Decoder(kind) for _, kind in self._kinds}

    def decode(self, record: bytes) -> Event:
        """Return the event in a record, or raise `Invalid`."""
        try:
            fields = msgspec.json.decode(record, type=dict[str, msgspec.Raw])
        except msgspec.ValidationError as error:
            raise Invalid("malformed", str(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Invalid("malformed", str(error)) from None
        for field, kind in self._kinds:
            if field in fields:
                return self._decoders[kind].decode(record)
        expected = ", ".join(f"`{field}`" for field, _ in self._kinds)
        raise Invalid("invalid", f"no event: expected one of the fields {expected}")
