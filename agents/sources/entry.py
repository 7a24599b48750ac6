"""What a file gives, row by row, whatever it holds: an event, or a row refused."""

from __future__ import annotations

import hashlib
from typing import NamedTuple, TypeAlias

from streams.decoding import Invalid
from streams.events import MAX_IDENTIFIER, Event


class Accepted(NamedTuple):
    """Hold an event of a file."""

    row: int  # its line in the file
    event: Event
    record: bytes  # the event as its topic takes it


class Refused(NamedTuple):
    """Hold a row of a file that gives no event."""

    row: int
    original: bytes  # without any caller's number
    why: Invalid


Entry: TypeAlias = Accepted | Refused


def short(name: str) -> str:
    """Return a name that fits an identifier: a long one's digest."""
    return name if len(name) <= MAX_IDENTIFIER else hashlib.sha256(name.encode()).hexdigest()
