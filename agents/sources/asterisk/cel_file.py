"""The connector of Asterisk's channel event log (CEL), as CSV, as a table's export or dump, or as JSON objects.

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

from collections.abc import Iterator
from typing import Final

from agents.sources.asterisk.cel import Cel
from agents.sources.asterisk.cel_calls import CelCalls
from agents.sources.asterisk.cel_rows import ORDER, seen
from agents.sources.asterisk.rows import RecordTable, Row
from agents.sources.connector import Connector
from agents.sources.context import Context
from agents.sources.entry import Entry
from agents.sources.kind import FileKind


class CelFile(RecordTable):
    def __init__(self, context: Context, calls: CelCalls | None = None, first: bytes = b"") -> None:
        super().__init__(context, ORDER, first)
        self._cel = Cel(context, calls)

    def take(self, row: Row) -> Iterator[Entry]:
        return self._cel.take(row)


CEL: Final = Connector(FileKind.ASTERISK_CEL, CelFile, CelCalls, seen, is_table=ORDER.fits)
