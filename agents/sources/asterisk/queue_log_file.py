"""The connector of an Asterisk's queue_log: the file, or its table in a database, exported or dumped.

Each row is an event of one caller in one queue. An unanswered exit is held until the caller can no longer enter another
queue, for `OVERFLOW` in a growing file. Times without a zone occur in exports alone.

>>> from agents.sources.pseudonym import Pseudonymizer
>>> lines = {"accueil": "standard"}.get
>>> secret = Pseudonymizer(b"a key of an example")
>>> context = Context(source="pbx", site="mende", zone="Europe/Paris", pseudonym=secret, line_of=lines, dialled=lines)
>>> rows = [b"1362382200|7.1|accueil|NONE|ENTERQUEUE||0466496000|1", b"1362382212|7.1|accueil|NONE|ABANDON|1|1|12"]
>>> [(entry.row, entry.event.line, entry.event.type) for entry in QUEUE_LOG.read(rows, context)]
[(1, 'standard', 'offered'), (2, 'standard', 'lost')]

Reference: docs.asterisk.org, "Queue Logs"; Asterisk's apps/app_queue.c.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import msgspec

from agents.sources.asterisk import queue_log_rows
from agents.sources.asterisk.queue_log import QueueLog, RefusedRow, seen
from agents.sources.asterisk.queue_log_calls import Calls
from agents.sources.asterisk.queue_log_rows import LogRow, MalformedLine, is_log, reader_for
from agents.sources.connector import Connector, Reader
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.exits import OVERFLOW
from agents.sources.kind import FileKind
from agents.sources.lines import MAX_LINE, TOO_LONG
from streams.decoding import Invalid
from streams.said import said

Row: TypeAlias = LogRow | MalformedLine

_encode = msgspec.json.Encoder().encode


class QueueLogFile(Reader[Row]):
    """The rows of a log; its first line shows which of the three variants it is."""

    def __init__(self, context: Context, calls: Calls | None = None, first: bytes = b"") -> None:
        self._log = QueueLog(context, calls)
        self._pseudonym = context.pseudonym
        self._zone = context.zone
        self._row_of = reader_for(first.rstrip(b"\r\n"), context.zone)

    def rows(self, lines: Iterable[bytes]) -> Iterator[Row]:
        return queue_log_rows.read(lines, self._zone)

    def line(self, number: int, line: bytes) -> Iterable[Row]:
        raw = line.rstrip(b"\r\n")
        if len(raw) > MAX_LINE:
            return [MalformedLine(number, "too-long", TOO_LONG, b"")]
        row = self._row_of(number, raw) if raw.strip() else None
        return [] if row is None else [row]

    def take(self, row: Row) -> Iterator[Entry]:
        if isinstance(row, MalformedLine):
            why = Invalid("malformed", said("{reason}: {detail}", reason=row.reason, detail=row.detail))
            yield Refused(row.number, self._pseudonym.scrub(row.raw), why)
            return
        taken = self._log.take(row)
        for left in self._log.exits:
            yield Accepted(left.row, left.event, _encode(left.event))
        if isinstance(taken, RefusedRow):
            yield Refused(row.number, self._pseudonym.scrub(row.raw), Invalid(taken.reason, taken.detail))
            return
        for event in taken:
            yield Accepted(row.number, event, _encode(event))

    def finish(self) -> Iterator[Entry]:
        return (Accepted(left.row, left.event, _encode(left.event)) for left in self._log.close())


QUEUE_LOG: Final = Connector(FileKind.QUEUE_LOG, QueueLogFile, Calls, seen, patience=OVERFLOW, is_table=is_log)
