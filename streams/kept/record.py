"""A state as one record: figures together with the offsets up to which they were folded.

The position comes first, uncompressed, so that the newer of two records can be found without decoding. This matters
because a worker that was presumed dead may write an old state last.

A line has three inputs, and offsets in a state never decrease. Of two records of one owner, the later one therefore has
the greater (offset in the calls, sum of the other offsets). If each of two owners has folded events that the other
has not, the record with more calls wins, because the raw figures consist of calls and must be exact. Reviews are
replayed from their lines' own positions (`streams.intakes.ReviewIntake`). At worst, a few readings are never compared
with the calls.
"""

from __future__ import annotations

import zlib
from struct import Struct as Layout
from typing import Final, NamedTuple, Protocol, TypeVar

import msgspec

from streams.kept.migrations import STEPS, migrate
from streams.kept.packing import pack, unpack

FORMAT: Final = 9
OLDEST: Final = min(STEPS)  # the oldest readable format
# bytes, inflated: hundreds of times a normal state, so that a corrupt record cannot exhaust memory
MAX_STATE: Final = 128 * 2**20
_HEAD: Final = Layout(">BIqq")
_LATER: Final = 16  # this many formats beyond the present one are taken for later versions, higher ones for corruption

# errors that a corrupt record causes
UNREADABLE: Final = (ValueError, zlib.error, msgspec.MsgspecError, RecursionError)

S = TypeVar("S")


class Positioned(Protocol):
    """A state that knows its position."""

    @property
    def epoch(self) -> int:
        """The epoch of its inputs."""

    @property
    def offset(self) -> int:
        """The offset in the first input."""

    @property
    def others(self) -> int:
        """The sum of the offsets in the other inputs."""


class Position(NamedTuple):
    """How far a state was folded. The greater position is the later one."""

    epoch: int  # of the inputs
    offset: int  # in the first input
    others: int  # the sum of the offsets in the other inputs


def encode(state: Positioned) -> bytes:
    """Return a state as bytes: format, position, then deflated MessagePack."""
    return encode_part(state, msgspec.msgpack.encode(pack(state)))


def encode_part(state: Positioned, packed: bytes) -> bytes:
    """Return a part of a state, given as MessagePack, with the state's position."""
    return _HEAD.pack(FORMAT, *position_of(state)) + zlib.compress(packed, 1)


def position_of(state: Positioned) -> Position:
    return Position(state.epoch, state.offset, state.others)


def inflated(record: bytes) -> bytes:
    """Return the MessagePack in a record; raise one of `UNREADABLE` if it cannot be read."""
    position(record)
    unpacked = zlib.decompressobj()
    body = unpacked.decompress(record[_HEAD.size :], MAX_STATE)
    if not unpacked.eof:
        raise ValueError(f"state record cut short, or larger than {MAX_STATE} bytes")
    return body


def decode(record: bytes, kind: type[S], name: str = "") -> S:
    """Return the state in a record, migrated to the present format; raise one of `UNREADABLE` if it cannot be read.

    Migrations know the state by `name`, by default the name of its class.
    """
    body, found = inflated(record), record[0]
    if found < FORMAT:
        state = msgspec.msgpack.decode(body)
        migrate(name or kind.__name__, state, found, FORMAT)
        body = msgspec.msgpack.encode(state)
    return unpack(body, kind)


def is_later(record: bytes) -> bool:
    """Return whether a later version wrote the record, which this version must not overwrite."""
    return bool(record) and FORMAT < record[0] <= FORMAT + _LATER


def is_earlier(record: bytes) -> bool:
    """Return whether an earlier version wrote the record."""
    return record[0] < FORMAT


def read(record: bytes | None, kind: type[S]) -> S | None:
    return None if record is None else decode(record, kind)


def position(record: bytes) -> Position:
    """Return the position in a record; raise ValueError if its format cannot be read."""
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
