"""The connector of Asterisk's call detail records (CDR): Master.csv, a table's export or dump, or JSON objects.

Each row is one leg of a call, written when the leg ends: a call's events are held until no further row can belong to
it, for `LONGEST` in a growing file.

>>> from agents.sources.pseudonym import Pseudonymizer
>>> lines = {"4000": "standard"}.get
>>> secret = Pseudonymizer(b"a key of an example")
>>> context = Context(source="pbx", site="mende", zone="Europe/Paris", pseudonym=secret, line_of=lines, dialled=lines)
>>> header = b"start,dst,channel,dstchannel,lastapp,duration,disposition,uniqueid"
>>> row = b"2013-03-04 08:30:00,4000,SIP/trunk-1,SIP/4-2,Dial,60,NO ANSWER,1362382200.1"
>>> [(entry.row, entry.event.line, entry.event.type) for entry in CDR.read([header, row], context)]
[(2, 'standard', 'offered'), (2, 'standard', 'lost')]

Reference: docs.asterisk.org, "CDR Specification"; cdr_custom.conf, and FreePBX's table `cdr`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agents.sources.asterisk.cdr import Cdr, seen
from agents.sources.asterisk.cdr_calls import LONGEST, CdrCalls
from agents.sources.asterisk.cdr_rows import ORDER
from agents.sources.asterisk.rows import RecordTable, Row
from agents.sources.chronology import in_time
from agents.sources.connector import Connector
from agents.sources.context import Context
from agents.sources.entry import Entry
from agents.sources.kind import FileKind


class CdrFile(RecordTable):
    def __init__(self, context: Context, calls: CdrCalls | None = None, first: bytes = b"") -> None:
        super().__init__(context, ORDER, first)
        self._cdr = Cdr(context, calls)
        self._aside = context.aside

    def take(self, row: Row) -> list[Entry]:
        return self._cdr.take([row])

    def finish(self) -> list[Entry]:
        return self._cdr.finish()

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        return in_time(self._cdr.read(rows), self._aside, LONGEST)


CDR: Final = Connector(
    FileKind.ASTERISK_CDR, CdrFile, CdrCalls, seen, joined=True, patience=LONGEST, is_table=ORDER.fits
)
