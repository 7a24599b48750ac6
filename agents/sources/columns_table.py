"""Reads a file as a table: CSV with or without a header, fixed widths, or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from agents.sources import columns_csv, columns_json, columns_widths
from agents.sources.columns_rows import MalformedRow, TableLayout, TableRow


def read(lines: Iterable[bytes], table: TableLayout, file: str) -> Iterator[TableRow | MalformedRow]:
    """Read a file from its first line on.

    Raises `ConfigError`, before any row, if it lacks a column.
    """
    filled = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    number, first = next(filled, (0, b""))
    whole = chain([(number, first)] if first else [], filled)
    if table.widths:
        return columns_widths.rows(whole, table)
    if table.columns:
        return columns_csv.without_header(whole, first, table)
    if not first or first.lstrip()[:1] in {b"{", b"["}:
        return columns_json.rows(whole, table, file)
    return columns_csv.with_header(filled, number, first, table, file)
