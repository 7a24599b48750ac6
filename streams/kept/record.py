"""A state as one record: figures and the offsets they stand for, never apart.

The position stands in front, uncompressed, so that the newer of two records is known without decoding either: a worker
that was thought dead may write its old state last.

A line has three inputs, and no offset of a state ever falls. So of two records of one owner the later one is the
greater by (offset in the calls, sum of the offsets in the others), whichever input moved. Two owners may each have
folded what the other has not. Then the record with more calls is taken: the raw figures are made of calls, and are
exact. Reviews are read again from where their lines stand (`streams.intake.ReviewIntake`). At worst a few readings are
never compared.
"""

from __future__ import annotations

import zlib
from struct import Struct as Layout
from typing import Final, NamedTuple, Protocol, TypeVar

import msgspec

FORMAT: Final = 6
_HEAD: Final = Layout(">BIqq")

S = TypeVar("S", bound=msgspec.Struct)


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
    return _HEAD.pack(FORMAT, *position_of(state)) + zlib.compress(msgspec.msgpack.encode(state), 1)


def position_of(state: Positioned) -> Position:
    """Return how far a state was folded."""
    return Position(state.epoch, state.offset, state.others)


def inflated(record: bytes) -> bytes:
    """Return the MessagePack in a record; raise ValueError where it is of an unknown format."""
    position(record)
    return zlib.decompress(record[_HEAD.size :])


def decode(record: bytes, kind: type[S]) -> S:
    """Return the state in a record; raise ValueError where it is of an unknown format."""
    return msgspec.msgpack.decode(inflated(record), type=kind)


def read(record: bytes | None, kind: type[S]) -> S | None:
    """Return the state in a record, or None where there is no record."""
    return None if record is None else decode(record, kind)


def position(record: bytes) -> Position:
    """Return how far the state in a record was folded; raise ValueError where it is of an unknown format."""
    if record[:1] != bytes([FORMAT]):
        raise ValueError(f"state record of unknown format {record[:1]!r}; expected {bytes([FORMAT])!r}")
    if len(record) < _HEAD.size:
        raise ValueError(f"state record cut short at {len(record)} bytes")
    _, *position = _HEAD.unpack_from(record)
    return Position(*position)
