"""The entries of any file, row by row: an event, or a refused row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

import msgspec

from streams.decoding import Invalid
from streams.events import MAX_IDENTIFIER, Event


class Accepted(NamedTuple):
    row: int  # its line in the file
    event: Event
    record: bytes  # the event as encoded for its topic


class Refused(NamedTuple):
    """A row of a file that gives no event."""

    row: int
    original: bytes  # without any caller's number
    why: Invalid


Entry: TypeAlias = Accepted | Refused

_encode = msgspec.json.Encoder().encode


def numbered(events: Iterable[Event]) -> Iterator[Accepted]:
    """Yield events as the rows of a file, numbered from 1."""
    for row, event in enumerate(events, 1):
        yield Accepted(row, event, _encode(event))


def short(name: str) -> str:
    """Return a name that fits an identifier: the digest of a long one."""
    return name if len(name) <= MAX_IDENTIFIER else hashlib.sha256(name.encode()).hexdigest()
