"""A state as one record: figures and the offsets they stand for, never apart.

The position stands in front, uncompressed, so that the newer of two records is known without decoding either: a worker
that was thought dead may write its old state last.

A line has three inputs, and no offset of a state ever falls. So of two records of one owner the later one is the
greater by (offset in the calls, sum of the offsets in the others), whichever input moved. Two owners may each have
folded what the other has not. Then the record with more calls is taken: the raw figures are made of calls, and are
exact. Reviews are read again from where their lines stand (`streams.intakes.ReviewIntake`). At worst a few readings are
never compared.
"""

from __future__ import annotations

import zlib
from struct import Struct as Layout
from typing import Final, NamedTuple, Protocol, TypeVar

import msgspec

from streams.kept.migrations import STEPS, migrate
from streams.kept.packing import pack, unpack

FORMAT: Final = 8
OLDEST: Final = min(STEPS)  # format that is read
MAX_STATE: Final = 128 * 2**20  # bytes, inflated: hundreds of times what a state is, so that no record fills the memory
_HEAD: Final = Layout(">BIqq")
_LATER: Final = 16  # formats from now on that are taken for those of later versions, and not for junk

UNREADABLE: Final = (ValueError, zlib.error, msgspec.MsgspecError, RecursionError)  # what a junk record raises

S = TypeVar("S")


class Positioned(Protocol):
    """Stand for a state that knows how far it was folded."""

    @property
    def epoch(self) -> int:
        """Return which making of its inputs it was folded from."""

    @property
    def offset(self) -> int:
        """Return the offset in the first input up to which it was folded."""

    @property
    def others(self) -> int:
        """Return the sum of the offsets in further inputs."""


class Position(NamedTuple):
    """Tell how far a state was folded; the greater position is the further one."""

    epoch: int  # which making of its inputs
    offset: int  # in the first input
    others: int  # the sum of the offsets in the further inputs


def encode(state: Positioned) -> bytes:
    """Return a state as bytes: format, position, then deflated MessagePack."""
    return _HEAD.pack(FORMAT, *position_of(state)) + zlib.compress(msgspec.msgpack.encode(pack(state)), 1)


def position_of(state: Positioned) -> Position:
    """Return how far a state was folded."""
    return Position(state.epoch, state.offset, state.others)


def inflated(record: bytes) -> bytes:
    """Return the MessagePack in a record; raise one of `UNREADABLE` where it cannot be read."""
    position(record)
    unpacked = zlib.decompressobj()
    body = unpacked.decompress(record[_HEAD.size :], MAX_STATE)
    if not unpacked.eof:
        raise ValueError(f"state record cut short, or larger than {MAX_STATE} bytes")
    return body


def decode(record: bytes, kind: type[S]) -> S:
    """Return the state in a record, brought to the present format where it is of an earlier one.

    Raises one of `UNREADABLE` where it cannot be read.
    """
    body, found = inflated(record), record[0]
    if found < FORMAT:
        state = msgspec.msgpack.decode(body)
        migrate(kind.__name__, state, found, FORMAT)
        body = msgspec.msgpack.encode(state)
    return unpack(body, kind)


def is_later(record: bytes) -> bool:
    """Tell whether a later version wrote a record: this one must not go on from what stood before it."""
    return bool(record) and FORMAT < record[0] <= FORMAT + _LATER


def read(record: bytes | None, kind: type[S]) -> S | None:
    """Return the state in a record, or None where there is no record."""
    return None if record is None else decode(record, kind)


def position(record: bytes) -> Position:
    """Return how far the state in a record was folded; raise ValueError where it is of a format that is not read."""
    if is_later(record):
        raise ValueError(
            f"state record of unknown format {record[0]}, of a later version: run that version, or a later one"
        )
    if not record or not OLDEST <= record[0] <= FORMAT:
        raise ValueError(
            f"state record of unknown format {record[:1]!r}; this version reads {OLDEST} to {FORMAT}: "
            "run the version before this one first, if it reads it, or `tocsin state rebuild KEY`"
        )
    if len(record) < _HEAD.size:
        raise ValueError(f"state record cut short at {len(record)} bytes")
    _, *position = _HEAD.unpack_from(record)
    return Position(*position)
