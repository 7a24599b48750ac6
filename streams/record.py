"""A state as one record: figures and the offset they stand for, never apart."""

from __future__ import annotations

import zlib
from typing import Final, TypeVar

import msgspec

FORMAT: Final = b"\x01"

S = TypeVar("S", bound=msgspec.Struct)


def encode(state: msgspec.Struct) -> bytes:
    """Return a state as bytes: a format byte, then deflated MessagePack."""
    return FORMAT + zlib.compress(msgspec.msgpack.encode(state), 1)


def decode(record: bytes, kind: type[S]) -> S:
    """Return the state in a record; raise ValueError where it is of an unknown format."""
    if record[:1] != FORMAT:
        raise ValueError(f"state record of unknown format {record[:1]!r}; expected {FORMAT!r}")
    return msgspec.msgpack.decode(zlib.decompress(record[1:]), type=kind)
