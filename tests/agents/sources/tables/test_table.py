"""A row or a header beyond its bounds is refused alone, and the rest of the table is read."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from agents.sources.entry import Accepted, Refused
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.tables import rows as columns_rows
from agents.sources.tables import table as columns_table
from agents.sources.tables.csv_rows import MAX_COLUMNS
from agents.sources.tables.rows import MalformedRow, TableRow
from agents.sources.tables.table import MOST_BEFORE
from agents.sources.tables.table import read as table_of
from config.mapping import Table, available
from config.refusal import ConfigError
from tests.agents.sources.tables.mapped import TICKETS, T, mapping, read

TICKET = f'{{"ticket": "A1", "service": "permis", "issued": {T}}}\n'
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


def refusals(text: str | bytes, by: Table | str = "tickets") -> list[tuple[int, str]]:
    return [(each.row, each.why.detail) for each in read(text, by) if isinstance(each, Refused)]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("x" * 200_000 + ",ticket,service,issued\n", "line 1: found field larger than field limit (131072)"),
        ("ticket,service\r,issued\n", "line 1: found a carriage return inside the line"),
        ("," * MAX_COLUMNS + "\n", f"line 1: found {MAX_COLUMNS + 1} columns, expected at most {MAX_COLUMNS}"),
    ],
)
def test_a_header_beyond_its_bounds_is_refused_by_line_and_bound(header: str, found: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        columns_table.read([header.encode(), b"1,2,3\n"], available({})["tickets"], "file")
    assert found in str(refusal.value)
    assert len(str(refusal.value)) < 500


@pytest.mark.parametrize(
    ("before", "count"),
    [
        ("sep=,\n", 0),
        ("sep=,\nMairie ; tickets de mars 2026\n\nÉdité le 1er avril, à 8h\n", 2),
        ("x\n" * (MOST_BEFORE - 1), MOST_BEFORE - 1),
    ],
)
def test_lines_before_the_header_are_skipped_and_counted(before: str, count: int) -> None:
    aside = Counter[str]()
    content = f"{before}{TICKETS}A1,permis,{T},,,,,\n".encode().splitlines(keepends=True)
    (row,) = columns_table.read(content, available({})["tickets"], "file", aside)
    assert isinstance(row, columns_rows.TableRow)
    assert (row.number, row.values["ticket"]) == (len(content), "A1")
    assert aside.total() == aside["lines before the header"] == count


def test_a_header_after_too_many_lines_is_no_header() -> None:
    with pytest.raises(ConfigError, match="found the columns x, expected each of issued, service, ticket once"):
        read("x\n" * MOST_BEFORE + TICKETS, "tickets")


def test_excels_separator_before_rows_without_a_header_is_no_row() -> None:
    table = mapping(columns=["call", "queue", "entered", "answered", "ended", "caller", "agent"])
    found = read(f"sep=;\n1;600;{T};;;;\n", table)
    assert [(each.row, isinstance(each, Accepted)) for each in found] == [(2, True)]


def test_a_long_header_is_quoted_in_part() -> None:
    with pytest.raises(ConfigError) as refusal:
        read("x" * 100_000 + ",a\n", "tickets")
    assert len(str(refusal.value)) < 1_000


def test_a_row_beyond_its_bounds_is_one_refused_row_and_the_rest_goes_on() -> None:
    table = TICKETS.encode() + b"A0,permis," + b"7" * MAX_LINE + f"\nA1,permis,{T},,,,,\n".encode()
    assert refusals(table) == [(2, TOO_LONG)]
    assert len(read(table, "tickets")) == 2
    field = f'A0,"{"x" * 200_000}",{T},,,,,\nA1,permis,{T},,,,,\n'
    assert refusals(TICKETS + field) == [(2, "field larger than field limit (131072); expected CSV")]
    long = b'{"ticket": "' + b"x" * MAX_LINE + b"\n"
    assert refusals(TICKET.encode() + long + TICKET.encode()) == [(2, TOO_LONG)]


def test_json_may_be_no_deeper_than_it_can_be_read() -> None:
    for depth in (100, 500, 900, 5_000):
        deep = '{"ticket": "A0", "service": ' + '{"value": ' * depth + '"permis"' + "}" * depth + f', "issued": {T}}}\n'
        (first, last) = read(deep + TICKET, "tickets")
        assert (isinstance(first, Refused), isinstance(last, Accepted)) == (True, True)


def test_rows_within_an_object_do_not_multiply_it() -> None:
    """Otherwise a megabyte of names times a megabyte of rows would be in memory at once."""
    around = {f"name {number}": number for number in range(2_000)}
    rows = [{"ticket": f"A{number}", "issued": T} for number in range(2_000)]
    nested = json.dumps({**around, "service": "permis", "rows": rows}).encode()
    by = Table.model_validate_json(
        json.dumps(
            {"of": "tickets", "id": "ticket", "queue": "service", "rows": "rows", "moments": {"issued": "issued"}}
        )
    )
    found = list(columns_table.read([nested], by, "file"))
    assert len(found) == 2_000
    assert all(isinstance(row, columns_rows.TableRow) and len(row.values) == 3 for row in found)


def test_an_object_that_is_the_whole_file_is_read() -> None:
    assert refusals(json.dumps(json.loads(TICKET), indent=2)) == []
    assert [each.row for each in read(json.dumps(json.loads(TICKET), indent=2), "tickets")] == [1]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59", "9" * 400, "9" * 5_000])
def test_a_moment_beyond_every_calendar_is_refused(moment: str) -> None:
    ((row, detail),) = refusals(TICKETS + f"A1,permis,{moment},,,,,\n")
    assert (row, detail[:36]) == (2, "issued is not a moment from 1990 to ")


def rows(content: bytes) -> list[TableRow | MalformedRow]:
    return list(table_of(content.splitlines(keepends=True), PRINTED, "file"))


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
