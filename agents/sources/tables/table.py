"""Reads a file as a table: CSV with or without a header, fixed widths, JSON, or an SQL dump."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Final

from agents.sources.lines import MAX_LINE, TOO_LONG, is_dump
from agents.sources.tables import csv_rows, json_rows, sql_rows
from agents.sources.tables.rows import MalformedRow, Numbered, TableLayout, TableRow

BEFORE: Final = "lines before the header"
MOST_BEFORE: Final = 50  # lines among which the header must be


def read(
    lines: Iterable[bytes], table: TableLayout, file: str, aside: Counter[str] | None = None
) -> Iterator[TableRow | MalformedRow]:
    """Read a file from its first line on; count the lines before a CSV's header in `aside`.

    Raises `ConfigError`, before any row, if it lacks a column.
    """
    rows = _rows(lines, table, file, aside)
    return map(partial(_with_first, table.first_of), rows) if table.first_of else rows


def _rows(
    lines: Iterable[bytes], table: TableLayout, file: str, aside: Counter[str] | None
) -> Iterator[TableRow | MalformedRow]:
    filled: Iterator[Numbered] = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    number, first = next(filled, (0, b""))
    if csv_rows.is_separator(first):
        number, first = next(filled, (0, b""))
    whole = chain([(number, first)] if first else [], filled)
    if table.widths:
        return rows_by_width(whole, table)
    if table.columns:
        return csv_rows.without_header(whole, first, table)
    if not first or first.lstrip()[:1] in {b"{", b"["}:
        return json_rows.rows(whole, table, file)
    if is_dump(first):
        return sql_rows.rows(whole, table, file)
    if not csv_rows.is_header(first, table):
        before = list(islice(filled, MOST_BEFORE - 1))
        place = next((at for at, (_, line) in enumerate(before) if csv_rows.is_header(line, table)), None)
        if place is not None:
            number, first = before[place]
            filled = chain(before[place + 1 :], filled)
            if aside is not None:
                aside[BEFORE] += place + 1
    return csv_rows.with_header(filled, number, first, table, file)


def _with_first(first_of: Mapping[str, Sequence[str]], row: TableRow | MalformedRow) -> TableRow | MalformedRow:
    """Return a row with the columns that have the first value of several others."""
    if isinstance(row, MalformedRow):
        return row
    values = row.values
    found = {name: next(filter(None, map(values.__getitem__, names)), "") for name, names in first_of.items()}
    return row._replace(values={**values, **found})


def rows_by_width(lines: Iterator[Numbered], table: TableLayout) -> Iterator[TableRow | MalformedRow]:
    """Read each line by its columns' positions; a line that ends before a required column is malformed."""
    spans = {name: table.widths.get(name) for name in table.used()}
    last, shortest = max(
        ((name, first) for name, (first, _) in table.widths.items() if name in spans and name not in table.optional),
        key=lambda each: each[1],
        default=("", 0),
    )
    for number, line in lines:
        if len(line) > MAX_LINE:
            yield MalformedRow(number, b"", TOO_LONG)
            continue
        try:
            text = line.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            yield MalformedRow(number, line, "bytes that are not UTF-8; expected text")
            continue
        if len(text) < shortest:
            yield MalformedRow(
                number, line, f"{len(text)} characters; expected {shortest} or more, where {last} begins"
            )
            continue
        yield TableRow(
            number, {name: text[span[0] - 1 : span[1]].strip() if span else "" for name, span in spans.items()}
        )
