"""A growing table, read by its mapping row by row: CSV, fixed widths, or JSON with one value per line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field

from agents.sources.entry import Entry
from agents.sources.files import RowsReader, table_rows
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.tables import table as columns_table
from agents.sources.tables.csv_rows import SPAN
from agents.sources.tables.polls import PollRows
from agents.sources.tables.rows import MalformedRow, TableRow
from config.refusal import ConfigError, Mistake
from streams.tickets.polls import PolledQueue

_JSON: Final = frozenset({b"{", b"["})


class TableState(Struct):
    """No state: each row is a whole call, ticket or request."""


class PollsState(Struct):
    """The state of each polled queue."""

    queues: dict[str, PolledQueue] = field(default_factory=dict)


class GrowingTable:
    """A table read line by line; `first` is its first line, empty if there is none yet.

    Raises `ConfigError` if a header lacks a column, and for a mapping with `updated`: the latest row of an id is known
    only at the end of a file.
    """

    def __init__(self, first: bytes, by: RowsReader | PollRows, pseudonym: Pseudonymizer, file: str) -> None:
        table = by.columns.table
        if table.updated is not None:
            found, expected = (
                f"`updated: {table.updated}`",
                "none in a file that is followed; ingest it when it is done",
            )
            raise ConfigError([Mistake(file, "", found, expected)])
        self._by = by
        self._table = table
        self._pseudonym = pseudonym
        self._file = file
        self._has_header = not (table.columns or table.widths)
        self._is_json = False
        self._first = b""
        self._held: list[bytes] = []  # the lines of an incomplete row
        self._begin(first)

    def read(self, number: int, line: bytes) -> Iterable[Entry] | None:
        """Return the entries of a line, None if its row continues in the next one. An empty line ends the file."""
        if not self._first:
            self._begin(line)
        if line:
            self._held.append(line)
        quotes = 0 if self._is_json or self._table.widths else sum(each.count(b'"') for each in self._held)
        if line and quotes % 2 and len(self._held) < SPAN and len(line) <= MAX_LINE:
            return None
        held, self._held = self._held, []
        return table_rows(self._rows(held, number - len(held) + bool(line)), self._by, self._pseudonym)

    def _begin(self, first: bytes) -> None:
        if first.strip():
            self._is_json = self._has_header and first.lstrip()[:1] in _JSON
            self._has_header &= not self._is_json
            if self._has_header:
                columns_table.read([first], self._table, self._file)
            self._first = first

    def _rows(self, held: list[bytes], number: int) -> Iterable[TableRow | MalformedRow]:
        """Return the rows of lines, numbered from `number`."""
        if not any(line.strip() for line in held):
            return []
        if self._is_json and (len(held[0]) > MAX_LINE or held[0].lstrip()[:1] not in _JSON):
            long = len(held[0]) > MAX_LINE
            return [
                MalformedRow(number, b"" if long else held[0], TOO_LONG if long else "no JSON object; expected one")
            ]
        before = [self._first] if self._has_header and number > 1 else []
        try:
            rows = list(columns_table.read([*before, *held], self._table, self._file))
        except ConfigError as error:  # of JSON, whose objects each have their own columns
            return [MalformedRow(number, held[0], str(error.mistakes[0]))]
        if self._is_json:
            return [row._replace(number=number) for row in rows]
        return [row._replace(number=row.number - len(before) + number - 1) for row in rows if row.number > len(before)]
