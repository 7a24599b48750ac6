"""The records of the sealed pages of desks' memories (`streams.kept.memory`), each written once.

The record of a desk's state names the pages that belong to it, and is written after them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final, TypeAlias, cast

import msgspec

from streams.calls.call import Call
from streams.desks.line_state import LineState
from streams.desks.service_state import ServiceState
from streams.kept import memory, record
from streams.kept.packing import form_of
from streams.tickets.ticket import Ticket

Remembering: TypeAlias = LineState | ServiceState

_FIRST_WORD: Final = b"page "
_SETTLED: Final[Mapping[type[Any], Any]] = {LineState: dict[int, Call], ServiceState: dict[int, Ticket]}


class MissingPageError(ValueError):
    """A page that a state names, and that has no record."""


def page_key(desk: bytes, name: str) -> bytes:
    """Return the key of a page's record, by the key of its desk's state.

    >>> page_key(b"line lozere/standard", "3f")
    b'page 3f line lozere/standard'
    """
    return _FIRST_WORD + name.encode() + b" " + desk


def is_page(key: bytes) -> bool:
    """Return whether a key of the changelog belongs to a page."""
    return key.startswith(_FIRST_WORD)


def keys_by_desk(keys: Iterable[bytes]) -> Mapping[bytes, list[bytes]]:
    """Return the keys of pages by the key of their desk's state."""
    found = defaultdict[bytes, list[bytes]](list)
    for key in filter(is_page, keys):
        found[desk_of_page(key)].append(key)
    return found


def desk_of_page(key: bytes) -> bytes:
    return key.removeprefix(_FIRST_WORD).partition(b" ")[2]


def named(desk: bytes, state: object) -> set[bytes]:
    """Return the keys of the pages that a state names; empty if its kind has no memory."""
    return {page_key(desk, page.record) for page in state.pages} if isinstance(state, Remembering) else set()


def unwritten(desk: bytes, state: Remembering, generation: int) -> dict[bytes, bytes]:
    """Return the records, by key, of the pages that have none yet; from now on the state names them.

    Workers of two generations never write one key, so that neither deletes a page of the other.
    """
    found, form = {}, form_of(_SETTLED[type(state)])
    for page in state.pages:
        if not page.record:
            page.taken = []
            content = msgspec.msgpack.encode(cast("Any", form.pack)(page.settled))
            page.record = blake2b(content, digest_size=8, salt=generation.to_bytes(16, signed=True)).hexdigest()
            found[page_key(desk, page.record)] = record.encode_part(state, content)
    return found


def forget_written(desk: bytes, state: Remembering, keys: Container[bytes]) -> None:
    """Consider the pages with these keys unwritten."""
    for page in state.pages:
        if page_key(desk, page.record) in keys:
            page.record = ""


def fill(desk: bytes, state: Remembering, records: Mapping[bytes, bytes]) -> None:
    """Read the pages of a state that was just read.

    Raise `MissingPageError` if one is missing, or one of `UNREADABLE`.
    """
    whole: memory.Memory[Any] = state
    pages, whole.pages = whole.pages, []
    for page in pages:
        body = records.get(page_key(desk, page.record))
        if body is None:
            raise MissingPageError(f"page {page.record} of its memory is missing")
        settled = record.decode(body, _SETTLED[type(state)], f"{type(state).__name__} page")
        for name in page.taken:
            del settled[name]
        page.settled = settled
        if record.is_earlier(body):
            page.record = ""  # written again in the present format
        memory.add(whole, page)
    memory.seal(whole)  # an earlier version kept thousands on the open page
