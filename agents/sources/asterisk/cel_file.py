"""The connector of Asterisk's channel event log (CEL), as CSV, as a table's export, or as JSON objects.

Each row is one event of one channel. A log without a header is recognised by Asterisk's own order of the columns.

>>> from agents.sources.pseudonym import Pseudonymizer
>>> lines = {"4000": "standard"}.get
>>> secret = Pseudonymizer(b"a key of an example")
>>> context = Context(source="pbx", site="mende", zone="Europe/Paris", pseudonym=secret, line_of=lines, dialled=lines)
>>> header = b"eventtype,eventtime,channame,exten,appname,uniqueid,linkedid"
>>> rows = [b"CHAN_START,1362382200,SIP/trunk-1,4000,,2.1,2.1", b"HANGUP,1362382212,SIP/trunk-1,4000,,2.1,2.1"]
>>> [(entry.row, entry.event.line, entry.event.type) for entry in CEL.read([header, *rows], context)]
[(3, 'standard', 'offered'), (3, 'standard', 'lost')]

Reference: docs.asterisk.org, "Channel Event Logging (CEL)"; cel_custom.conf and cel_odbc.conf.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from agents.sources.asterisk.cel import Cel
from agents.sources.asterisk.cel_calls import CelCalls
from agents.sources.asterisk.cel_rows import ORDER, seen
from agents.sources.asterisk.rows import AsteriskRow, TornRow, by_line, table
from agents.sources.connector import Connector, Reader
from agents.sources.context import Context
from agents.sources.entry import Entry
from agents.sources.kind import FileKind

Row: TypeAlias = AsteriskRow | TornRow


class CelFile(Reader[Row]):
    """The rows of a log."""

    def __init__(self, context: Context, calls: CelCalls | None = None, first: bytes = b"") -> None:
        self._cel = Cel(context, calls)
        self._file = context.file
        self._row_of = by_line(first, ORDER, context.file)

    def rows(self, lines: Iterable[bytes]) -> Iterator[Row]:
        return table(lines, ORDER, self._file)

    def line(self, number: int, line: bytes) -> Iterable[Row]:
        row = self._row_of(number, line)
        return [] if row is None else [row]

    def take(self, row: Row) -> Iterator[Entry]:
        return self._cel.take(row)


CEL: Final = Connector(FileKind.ASTERISK_CEL, CelFile, CelCalls, seen)
