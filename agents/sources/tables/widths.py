"""The rows of a file with fixed column widths, as exchanges print their call records."""

from __future__ import annotations

from collections.abc import Iterator

from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.tables.rows import MalformedRow, Numbered, TableLayout, TableRow


def rows(lines: Iterator[Numbered], table: TableLayout) -> Iterator[TableRow | MalformedRow]:
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
