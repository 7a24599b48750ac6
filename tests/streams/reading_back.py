"""A desk's state as a new worker reads it from its record and its pages."""

from __future__ import annotations

from typing import TypeVar

from streams.kept import record
from streams.pages import Remembering, fill, unwritten

S = TypeVar("S", bound=Remembering)

DESK = b"line lozere/standard"


def read_back(state: S) -> S:
    """Return a state as read from records that are all written now."""
    for page in state.pages:
        page.record = ""
    pages = unwritten(DESK, state, 0)
    read = record.decode(record.encode(state), type(state))
    fill(DESK, read, pages)
    return read
