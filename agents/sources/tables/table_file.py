"""The connectors of tables: CSV, fixed widths or JSON, whose columns a mapping describes.

Each row is a whole call, ticket, reading or request, or a poll of a queue. Rows of a whole file may be in any order, so
it is sorted; polls are estimated from their differences, in the order of the file. The context has the mapping.

>>> from agents.sources.pseudonym import Pseudonymizer
>>> from config.mapping import Table
>>> mapping = Table(of="calls", id="id", queue="queue", moments={"offered": "start", "ended": "end"})
>>> context = Context(
...     source="pbx", site="mende", zone="Europe/Paris", pseudonym=Pseudonymizer(b"a key of an example"),
...     line_of={"accueil": "standard"}.get, dialled=str, table=mapping,
... )  # fmt: skip
>>> rows = [b"id,queue,start,end", b"7,accueil,1362382200,1362382212"]
>>> [(entry.row, entry.event.line, entry.event.type) for entry in CALLS.read(rows, context)]
[(2, 'standard', 'offered'), (2, 'standard', 'lost')]

Reference: docs/mappings.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct, field

from agents.sources.connector import FILE_OVER, Connector, HeaderAwaitedError, NoState, Reader
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.kind import FileKind
from agents.sources.lines import MAX_LINE, TOO_LONG, is_dump
from agents.sources.tables.calls import CallRows
from agents.sources.tables.cases import RequestRows, TicketRows
from agents.sources.tables.columns import Columns
from agents.sources.tables.csv_rows import SPAN, is_header, is_separator
from agents.sources.tables.polls import PollRows
from agents.sources.tables.readings import ReadingRows
from agents.sources.tables.rows import MalformedRow, TableRow
from agents.sources.tables.spool import spooled
from agents.sources.tables.table import MOST_BEFORE, read
from config.mapping import Of, Table
from config.refusal import ConfigError, Mistake
from streams.decoding import Decoder, Invalid
from streams.events import CallEvent, Reading, RequestEvent, ServiceReading, TicketEvent
from streams.tickets.polls import PolledQueue

Row: TypeAlias = TableRow | MalformedRow
Mapped: TypeAlias = CallRows | TicketRows | ReadingRows | RequestRows | PollRows

_BEGINS: Final = 2 * MOST_BEFORE  # first lines that contain the header, although some may be blank
_JSON: Final = frozenset({b"{", b"["})
_encode = msgspec.json.Encoder().encode
_TICKETS: Final = Decoder(TicketEvent)
_SERVICE_READINGS: Final = Decoder(ServiceReading)
_DECODERS: Final[Mapping[Of, Decoder[CallEvent] | Decoder[TicketEvent] | Decoder[Reading] | Decoder[RequestEvent]]] = {
    "calls": Decoder(CallEvent),
    "tickets": _TICKETS,
    "polls": _TICKETS,
    "readings": Decoder(Reading),
    "requests": Decoder(RequestEvent),
}
REPLACED: Final = "rows replaced by a later one with the same id"


class PollsState(Struct):
    """The state of each polled queue."""

    queues: dict[str, PolledQueue] = field(default_factory=dict)


class TableFile(Reader[Row]):
    """The rows of a table that `by` turns into events; `first` has the first lines of a growing file.

    Raises `HeaderAwaitedError` if a header may still come, and `ConfigError` if it must be among these lines.
    """

    def __init__(self, by: Mapped, context: Context, first: bytes) -> None:
        self._by = by
        self._columns = by.columns
        self._table = by.columns.table
        self._decode = (_DECODERS[self._table.of] if self._table.service is None else _SERVICE_READINGS).decode
        self._pseudonym = context.pseudonym
        self._file = context.file
        self._is_json = False
        self._header = b""  # of a growing file; empty if it has none
        self._header_at = 0  # the header's line
        self._held: list[bytes] = []  # the lines of an incomplete row
        if first and not (self._table.columns or self._table.widths):
            self._begin(first)

    def rows(self, lines: Iterable[bytes]) -> Iterator[Row]:
        """Return the rows of a whole file. Raises `ConfigError`, before any row, if the file lacks a column."""
        return latest(read(lines, self._table, self._file, self._columns.aside), self._columns)

    def line(self, number: int, line: bytes) -> Iterable[Row] | None:
        if line == FILE_OVER:
            self._header_at = 0  # the next file may continue this one without a header
        elif number <= self._header_at:
            return ()
        else:
            self._held.append(line)
        quotes = 0 if self._is_json or self._table.widths else sum(each.count(b'"') for each in self._held)
        if line and quotes % 2 and len(self._held) < SPAN and len(line) <= MAX_LINE:
            return None
        held, self._held = self._held, []
        return self._rows_of(held, number - len(held) + bool(line))

    def take(self, row: Row) -> list[Entry]:
        """Return the events of a row, as they are decoded from the topic, or its refusal."""
        if isinstance(row, MalformedRow):
            # A register names the authors of requests, and the place of the names in a malformed row is unknown.
            raw = b"" if self._table.of == "requests" else self._pseudonym.scrub(row.raw)
            return [Refused(row.number, raw, Invalid("malformed", row.detail))]
        decode = self._decode
        try:
            if not self._columns.counts(row.values):
                return []
            records = [_encode(event) for event in self._by.take(row)]
            return [Accepted(row.number, decode(record), record) for record in records]
        except Invalid as why:
            return [Refused(row.number, self._pseudonym.scrub(_encode(self._columns.shown(row))), why)]

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        found = super().entries(rows)
        return found if self._table.of == "polls" else spooled(found, self._decode)

    def _begin(self, first: bytes) -> None:
        """Find the header in the first lines, or that they are JSON."""
        lines = re.findall(rb".*\n", first)
        filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        if filled and is_separator(filled[0][1]):
            del filled[0]
        start = filled[0][1] if filled else b""
        if is_dump(start):
            raise ConfigError([Mistake(self._file, "", "an SQL dump", "a table that grows; ingest it when it is done")])
        if start.lstrip()[:1] in _JSON:
            self._is_json = True
            return
        for number, line in filled[:MOST_BEFORE]:
            if is_header(line, self._table):
                self._header, self._header_at = line, number
                return
        try:
            read([line for _, line in filled], self._table, self._file)
        except ConfigError as error:
            if len(filled) >= MOST_BEFORE or len(lines) >= _BEGINS:
                raise
            raise HeaderAwaitedError(error.mistakes) from None
        raise HeaderAwaitedError([])

    def _rows_of(self, held: list[bytes], number: int) -> list[Row]:
        """Return the rows of lines, numbered from `number`."""
        if not any(line.strip() for line in held):
            return []
        if self._is_json and (len(held[0]) > MAX_LINE or held[0].lstrip()[:1] not in _JSON):
            long = len(held[0]) > MAX_LINE
            return [
                MalformedRow(number, b"" if long else held[0], TOO_LONG if long else "no JSON object; expected one")
            ]
        before = [self._header] if self._header else []
        try:
            rows = list(read([*before, *held], self._table, self._file))
        except ConfigError as error:  # of JSON, whose objects each have their own columns
            return [MalformedRow(number, held[0], str(error.mistakes[0]))]
        if self._is_json:
            return [row._replace(number=number) for row in rows]
        return [row._replace(number=row.number - len(before) + number - 1) for row in rows if row.number > len(before)]


def _open(
    rows_of: Callable[[Columns], Mapped], context: Context, state: NoState | None = None, first: bytes = b""
) -> TableFile:
    if state is not None:
        _growing(context.table, context.file)
    return TableFile(rows_of(Columns(context)), context, first)


def _open_polls(context: Context, state: PollsState | None = None, first: bytes = b"") -> TableFile:
    queues = context.queues if state is None else state.queues
    return TableFile(PollRows(Columns(context), queues), context, first)


def _growing(table: Table | None, file: str) -> None:
    """Raise `ConfigError` for a mapping with `updated`: only the end of a file shows the latest row of an id."""
    if table is not None and table.updated is not None:
        expected = "none in a file that is followed; ingest it when it is done"
        raise ConfigError([Mistake(file, "", f"`updated: {table.updated}`", expected)])


CALLS: Final = Connector(FileKind.CALLS, partial(_open, CallRows), begins=_BEGINS)
TICKETS: Final = Connector(FileKind.TICKETS, partial(_open, TicketRows), begins=_BEGINS)
POLLS: Final = Connector(FileKind.POLLS, _open_polls, PollsState, begins=_BEGINS)
READINGS: Final = Connector(FileKind.READINGS, partial(_open, ReadingRows), begins=_BEGINS)
REQUESTS: Final = Connector(FileKind.REQUESTS, partial(_open, RequestRows), begins=_BEGINS)


def latest(rows: Iterable[TableRow | MalformedRow], columns: Columns) -> Iterator[TableRow | MalformedRow]:
    """Yield the latest row of each id, by the moment in `updated`; of two rows with one moment, yield the later row.

    Rows without id or moment are yielded at once, to be refused. All others are held until the last is read.
    """
    updated = columns.table.updated
    if updated is None:
        yield from rows
        return
    kept: dict[tuple[str, ...], tuple[float, TableRow]] = {}
    for row in rows:
        if isinstance(row, MalformedRow):
            yield row
            continue
        key = tuple(row.values[name] for name in columns.table.id)
        try:
            at = columns.moments.at(row.values, updated, "updated")
        except Invalid:
            at = None
        if at is None or not all(key):
            yield row
            continue
        if key in kept:
            columns.aside[REPLACED] += 1
            if kept[key][0] > at:
                continue
        kept[key] = (at, row)
    yield from (row for _, row in kept.values())
