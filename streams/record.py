"""A state as one record: figures and the offset they stand for, never apart.

The position stands in front, uncompressed, so that of two records the newer one is told
without decoding either: a worker that was thought dead may write its old state last.
"""

from __future__ import annotations

import zlib
from struct import Struct as Layout
from typing import Final, NamedTuple, Protocol, TypeVar

import msgspec

FORMAT: Final = 4
_HEAD: Final = Layout(">BIq")

S = TypeVar("S", bound=msgspec.Struct)


class Positioned(Protocol):
    """Stand for a state that knows how far it was folded."""

    epoch: int
    offset: int


class Position(NamedTuple):
    """Tell how far a state was folded: the offset in its input, and which making of that input."""

    epoch: int
    offset: int


def encode(state: Positioned) -> bytes:
    """Return a state as bytes: format, position, then deflated MessagePack."""
    return _HEAD.pack(FORMAT, state.epoch, state.offset) + zlib.compress(msgspec.msgpack.encode(state), 1)


def decode(record: bytes, kind: type[S]) -> S:
    """Return the state in a record; raise ValueError where it is of an unknown format."""
    position(record)
    return msgspec.msgpack.decode(zlib.decompress(record[_HEAD.size :]), type=kind)


def read(record: bytes | None, kind: type[S]) -> S | None:
    """Return the state in a record, or None where there is no record."""
    return None if record is None else decode(record, kind)


def position(record: bytes) -> Position:
    """Return how far the state in a record was folded; raise ValueError where it is of an unknown format."""
    if record[:1] != bytes([FORMAT]):
        raise ValueError(f"state record of unknown format {record[:1]!r}; expected {bytes([FORMAT])!r}")
    if len(record) < _HEAD.size:
        raise ValueError(f"state record cut short at {len(record)} bytes")
    _, epoch, offset = _HEAD.unpack_from(record)
    return Position(epoch, offset)
