"""The rows of a file whose columns have fixed widths, as exchanges print their call records."""

from __future__ import annotations

from collections.abc import Iterator

from agents.sources.columns_rows import MalformedRow, Numbered, TableLayout, TableRow
from agents.sources.lines import MAX_LINE, TOO_LONG


def rows(lines: Iterator[Numbered], table: TableLayout) -> Iterator[TableRow | MalformedRow]:
    """Read every line by the characters of its columns; one that ends before a column begins is no row.

    What such a line lacks may be empty only where the mapping calls the column optional.
    """
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
            yield MalformedRow(number, line, "bytes that are no UTF-8; expected text")
            continue
        if len(text) < shortest:
            yield MalformedRow(
                number, line, f"{len(text)} characters; expected {shortest} or more, where {last} begins"
            )
            continue
        yield TableRow(
            number, {name: text[span[0] - 1 : span[1]].strip() if span else "" for name, span in spans.items()}
        )
