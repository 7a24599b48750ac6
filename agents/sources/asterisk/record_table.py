"""The rows of a table that Asterisk writes: its call records (CDR) and its channel events (CEL)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from agents.sources.asterisk.rows import AsteriskRow, TableOrder, TornRow, by_line, table
from agents.sources.connector import Reader
from agents.sources.context import Context

Row: TypeAlias = AsteriskRow | TornRow


class RecordTable(Reader[Row]):
    """Reads the lines of a table by its header, or by Asterisk's own order of the columns."""

    def __init__(self, context: Context, order: TableOrder, first: bytes) -> None:
        self._file = context.file
        self._order = order
        self._row_of = by_line(first, order, context.file)

    def rows(self, lines: Iterable[bytes]) -> Iterator[Row]:
        return table(lines, self._order, self._file)

    def line(self, number: int, line: bytes) -> Iterable[Row]:
        row = self._row_of(number, line)
        return [] if row is None else [row]
