"""Columns in fixed-width lines are counted in characters; a line that is too short is no row."""

from __future__ import annotations

import json

from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.tables.rows import MalformedRow, TableRow
from agents.sources.tables.table import read
from config.mapping import Table

PRINTED = Table.model_validate_json(
    json.dumps(
        {
            "of": "calls",
            "widths": {"at": [2, 11], "id": [13, 15], "queue": [17, 19], "note": [21, 30]},
            "id": "id",
            "queue": "queue",
            "moments": {"offered": "at"},
            "agent": "note",
            "optional": "note",
        }
    )
)


def rows(content: bytes) -> list[TableRow | MalformedRow]:
    return list(read(content.splitlines(keepends=True), PRINTED, "file"))


def test_columns_stand_at_their_characters() -> None:
    (row,) = rows("-1700000000   7 600 élan       ignored\r\n".encode())
    assert row == TableRow(1, {"id": "7", "queue": "600", "at": "1700000000", "note": "élan"})


def test_a_short_line_is_a_row_where_only_what_is_optional_is_missing() -> None:
    short, torn = rows(b" 1700000000 007 600\n 1700000000 007\n")
    assert isinstance(short, TableRow)
    assert short.values["note"] == ""
    assert torn == MalformedRow(2, b" 1700000000 007\n", "15 characters; expected 17 or more, where queue begins")


def test_what_is_no_text_or_too_long_spoils_its_line_alone() -> None:
    good = b" 1700000000 007 600\n"
    first, second, third = rows(b" \xff700000000 007 600\n" + b"7" * (MAX_LINE + 1) + b"\n" + good)
    assert isinstance(first, MalformedRow)
    assert first.detail == "bytes that are not UTF-8; expected text"
    assert second == MalformedRow(2, b"", TOO_LONG)
    assert isinstance(third, TableRow)


def test_a_line_that_begins_as_json_does_is_none() -> None:
    (row,) = rows(b"{1700000000 007 600\n")
    assert isinstance(row, TableRow)
