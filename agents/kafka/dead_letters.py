"""What is written of a record that could not be used, so that a person can mend it and send it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from streams.number import ANY_NUMBERS, WITHHELD, Numbers, withheld

if TYPE_CHECKING:
    from streams.decoding import Invalid

MAX_ROW = 500_000  # bytes kept of a file's line: a longer one still stands whole in its file
MAX_TEXT = 10_000  # characters: `text` is for the eye; `original` is whole, and both must fit in one record

ReasonCode = Annotated[str, Meta(pattern=r"^[a-z]+(-[a-z]+)*$", description="short code to count by")]
Offset = Annotated[int, Meta(ge=0)]


class DeadLetter(Struct, kw_only=True, omit_defaults=True, frozen=True):
    """Keep a refused record as it came, with where it stood and how to mend it.

    A record from Kafka has `topic`, `partition` and `offset`; one from a file has `file` and `row`.
    """

    reason: ReasonCode
    detail: Annotated[str, Meta(description="what was expected, and how to mend it")]
    original: Annotated[bytes, Meta(description="the record's exact bytes")] | None
    text: Annotated[str, Meta(description="the same to read, undecodable bytes replaced, long ones cut")]
    at: Annotated[float, Meta(ge=0, description="epoch seconds when it was put here")]
    key: Annotated[str, Meta(description="the record's key, undecodable bytes replaced")] | None = None
    topic: str | None = None
    partition: Offset | None = None
    offset: Offset | None = None
    file: str | None = None
    row: Annotated[int, Meta(ge=1, description="line of the file, from 1")] | None = None


def from_record(
    why: Invalid,
    *,
    topic: str,
    partition: int,
    offset: int,
    key: bytes | None,
    value: bytes | None,
    at: float,
    numbers: Numbers = ANY_NUMBERS,
) -> DeadLetter:
    """Return the dead letter of a Kafka record; `at` is now, in epoch seconds.

    Telephone numbers in it are withheld: they must not be kept for 90 days.
    """
    value = None if value is None else _without(value, numbers)
    return DeadLetter(
        reason=why.reason,
        detail=why.detail,
        original=value,
        text=_readable(value),
        at=at,
        key=None if key is None else withheld(_readable(key), numbers),
        topic=topic,
        partition=partition,
        offset=offset,
    )


def from_row(
    why: Invalid, *, file: str, row: int, original: bytes, at: float, numbers: Numbers = ANY_NUMBERS
) -> DeadLetter:
    """Return the dead letter of a file's line, the first being 1; `at` is now, in epoch seconds.

    The reader has made pseudonyms of its numbers; one that is left is withheld, as in `from_record`.
    """
    original = _without(original, numbers)
    return DeadLetter(
        reason=why.reason,
        detail=why.detail,
        original=original[:MAX_ROW],
        text=_readable(original),
        at=at,
        file=file,
        row=row,
    )


encode_letter = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(DeadLetter).decode


def decode_letter(record: bytes) -> DeadLetter:
    """Read a dead letter back, its `original` as bytes again.

    Raises `msgspec.DecodeError` where the record is no dead letter.
    """
    return _decode(record)


def _without(original: bytes, numbers: Numbers) -> bytes:
    return numbers.record_without(original, lambda _: WITHHELD)


def _readable(original: bytes | None) -> str:
    # One character is at most four bytes, so that a huge record is not decoded only to be cut.
    text = (original or b"")[: 4 * MAX_TEXT + 4].decode(errors="replace")
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"
