"""Dead letters: refused records, written so that a person can repair them and send them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

from streams.kept.runs import Run, Runs
from streams.number import ANY_NUMBERS, WITHHELD, Numbers, withheld

if TYPE_CHECKING:
    from streams.decoding import Invalid

MAX_ROW = 500_000  # bytes kept of a file's line; the file has the whole line
MAX_TEXT = 10_000  # characters: `text` is only for reading; it must fit into one record with the whole `original`

ReasonCode = Annotated[str, Meta(pattern=r"^[a-z]+(-[a-z]+)*$", description="short code to count by")]
Offset = Annotated[int, Meta(ge=0)]


class DeadLetter(Struct, kw_only=True, omit_defaults=True, frozen=True):
    """A refused record as it came, with its place and how to repair it.

    A record from Kafka has `topic`, `partition` and `offset`; one from a file has `file` and `row`, and `begins`, which
    distinguishes files of one name. A letter with `count` summarises many records of one cause: they can still be read
    in their topic or file, at the places in `runs`.
    """

    reason: ReasonCode
    detail: Annotated[str, Meta(description="the expected form, and how to repair the record")]
    original: Annotated[bytes, Meta(description="the record's exact bytes")] | None
    text: Annotated[str, Meta(description="the same to read, undecodable bytes replaced, long ones cut")]
    at: Annotated[float, Meta(ge=0, description="epoch seconds when it was put here")]
    key: Annotated[str, Meta(description="the record's key, undecodable bytes replaced")] | None = None
    topic: str | None = None
    partition: Offset | None = None
    offset: Offset | None = None
    file: str | None = None
    row: Annotated[int, Meta(ge=1, description="line of the file, from 1")] | None = None
    begins: (
        Annotated[
            str,
            Meta(description="keyed digest of the file's beginning, or when the connection was opened"),
        ]
        | None
    ) = None
    count: Annotated[int, Meta(ge=1, description="records in this summary; absent for a single record")] | None = None
    last: Annotated[int, Meta(ge=0, description="offset or row of the last of them")] | None = None
    runs: Annotated[tuple[Run, ...], Meta(description="first and last offset, or row, of each run of them")] | None = (
        None
    )

    @property
    def source(self) -> Source:
        """Return the partition or the file of the letter's records."""
        return Source(self.topic, self.partition, self.file, self.begins)

    def places(self) -> tuple[Run, ...]:
        """Return the offsets, or rows, of the letter's records as runs."""
        first = self.row if self.offset is None else self.offset
        return self.runs or (() if first is None else ((first, first),))


class Source(NamedTuple):
    """The origin of refused records: a partition of a topic, or a file."""

    topic: str | None = None
    partition: int | None = None
    file: str | None = None
    begins: str | None = None  # distinguishes files with one name


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

    Telephone numbers in it are removed: they must not be kept for 90 days.
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
    why: Invalid, source: Source, *, row: int, original: bytes, at: float, numbers: Numbers = ANY_NUMBERS
) -> DeadLetter:
    """Return the dead letter of a file's line, counted from 1; `at` is now, in epoch seconds.

    The reader has replaced telephone numbers by pseudonyms; any that are left are removed, as in `from_record`.
    """
    original = _without(original, numbers)
    return DeadLetter(
        reason=why.reason,
        detail=why.detail,
        original=original[:MAX_ROW],
        text=_readable(original),
        at=at,
        file=source.file,
        row=row,
        begins=source.begins,
    )


def of_many(why: Invalid, source: Source, runs: Runs, at: float) -> DeadLetter:
    """Return the dead letter for all records at `runs`, refused like the first for one reason; `at`: epoch seconds."""
    places, count = tuple(runs), runs.count()
    first, last = places[0][0], places[-1][1]
    return DeadLetter(
        reason=why.reason,
        detail=f"a summary of {count} records, as too many came at once; the first: {why.detail}",
        original=None,
        text="",
        at=at,
        topic=source.topic,
        partition=source.partition,
        offset=None if source.file else first,
        file=source.file,
        row=first if source.file else None,
        begins=source.begins,
        count=count,
        last=last,
        runs=places,
    )


encode_letter = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(DeadLetter).decode


def decode_letter(record: bytes) -> DeadLetter:
    """Decode a dead letter, its `original` as bytes again.

    Raises one of `UNREADABLE` if the record is no dead letter.
    """
    return _decode(record)


def _without(original: bytes, numbers: Numbers) -> bytes:
    return numbers.record_without(original, lambda _: WITHHELD)


def _readable(original: bytes | None) -> str:
    # A character has at most four bytes: a huge record is cut before it is decoded.
    text = (original or b"")[: 4 * MAX_TEXT + 4].decode(errors="replace")
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"
