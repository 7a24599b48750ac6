"""The connector of contract events of every kind, mixed, as one JSON object per line.

>>> from agents.sources.pseudonym import Pseudonymizer
>>> secret = Pseudonymizer(b"a key of an example")
>>> context = Context(source="", site="mende", zone="Europe/Paris", pseudonym=secret, line_of=str, dialled=str)
>>> line = b'{"line": "standard", "call": "7", "type": "lost", "at": 1362382200}'
>>> [(entry.row, entry.event.line, entry.event.type) for entry in EVENTS.read([line], context)]
[(1, 'standard', 'lost')]

Reference: docs/asyncapi.yaml.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from agents.sources.connector import Connector, Reader
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.kind import FileKind
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.pseudonym import Pseudonymizer
from streams.decoding import AnyDecoder, Invalid

_encode = msgspec.json.Encoder().encode
_DECODER: Final = AnyDecoder()


class ContractFile(Reader[Entry]):
    """The events of a file; each row is an entry already."""

    def __init__(self, context: Context, _state: object = None, _first: bytes = b"") -> None:
        self._pseudonym = context.pseudonym

    def line(self, number: int, line: bytes) -> Iterable[Entry]:
        found = event(number, line, self._pseudonym)
        return [] if found is None else [found]

    def take(self, row: Entry) -> Iterable[Entry]:
        return (row,)


def event(number: int, line: bytes, pseudonym: Pseudonymizer) -> Entry | None:
    """Return the event of one line, None if it is blank; fields that no event has are dropped."""
    record = line.strip()
    if not record:
        return None
    if len(line) > MAX_LINE:
        return Refused(number, b"", Invalid("malformed", TOO_LONG))
    try:
        found = pseudonym.event(_DECODER.decode(record))
    except Invalid as why:
        return Refused(number, pseudonym.record(record), why)
    return Accepted(number, found, _encode(found))


EVENTS: Final = Connector(FileKind.EVENTS, ContractFile)
