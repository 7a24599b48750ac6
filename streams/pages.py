"""The records of the sealed pages of desks' memories (`streams.kept.memory`), each written once.

The record of a desk's state names the pages that belong to it. It is written after them, so a state whose pages are
missing was not written by a worker that lives; it cannot be read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Any, Final, TypeAlias, cast

from streams.calls.call import Call
from streams.desks.line_state import LineState
from streams.desks.service_state import ServiceState
from streams.kept import memory, record
from streams.kept.packing import form_of
from streams.tickets.ticket import Ticket

Remembering: TypeAlias = LineState | ServiceState

_FIRST_WORD: Final = b"page "
_SETTLED: Final[Mapping[type[Any], Any]] = {LineState: dict[int, Call], ServiceState: dict[int, Ticket]}


def page_key(desk: bytes, name: str) -> bytes:
    """Return the key of a page's record, by the key of its desk's state.

    >>> page_key(b"line lozere/standard", "3f")
    b'page 3f line lozere/standard'
    """
    return _FIRST_WORD + name.encode() + b" " + desk


def is_page(key: bytes) -> bool:
    """Return whether a key of the changelog belongs to a page."""
    return key.startswith(_FIRST_WORD)


def unwritten(desk: bytes, state: Remembering, generation: int) -> dict[bytes, bytes]:
    """Return the records, by key, of the pages that have none yet; from now on the state names them.

    Workers of two generations never write one key, so that neither deletes a page of the other.
    """
    found, settled = {}, _SETTLED[type(state)]
    for page in state.pages:
        if not page.record:
            page.names, page.taken = page.left(), []
            body = record.encode_part(state, form_of(settled).pack({name: state.old[name] for name in page.names}))  # type: ignore[misc]  # calls and tickets have a form
            page.record = blake2b(body, digest_size=8, salt=generation.to_bytes(16)).hexdigest()
            found[page_key(desk, page.record)] = body
    return found


def forget_written(desk: bytes, state: Remembering, keys: Collection[bytes]) -> None:
    """Consider the pages with these keys unwritten."""
    for page in state.pages:
        if page_key(desk, page.record) in keys:
            page.record = ""


def fill(desk: bytes, state: Remembering, records: Mapping[bytes, bytes]) -> None:
    """Read the pages of a state that was just read; raise one of `UNREADABLE` if one is missing or unreadable."""
    for page in state.pages:
        body = records.get(page_key(desk, page.record))
        if body is None:
            raise ValueError(f"page {page.record} of its memory is missing")
        settled = record.decode(body, _SETTLED[type(state)])
        page.names = list(settled)
        state.old |= {name: settled[name] for name in page.left()}
    memory.seal(cast("memory.Memory[Any]", state))  # an earlier version kept thousands on the open page


def pages_by_desk(records: Collection[bytes]) -> Mapping[bytes, set[bytes]]:
    """Return the keys of all pages by the key of their desk."""
    found: dict[bytes, set[bytes]] = {}
    for key in records:
        if is_page(key):
            found.setdefault(key.removeprefix(_FIRST_WORD).partition(b" ")[2], set()).add(key)
    return found
