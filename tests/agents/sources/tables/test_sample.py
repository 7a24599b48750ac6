"""The columns and rows of a table that no mapping describes."""

from __future__ import annotations

import json

import pytest

from agents.sources.tables.sample import of_dump, sample


def lines(text: str) -> list[bytes]:
    return text.encode().splitlines(keepends=True)


def test_a_header_below_a_title_is_found() -> None:
    found = sample(lines("sep=;\nExport du mois;;\nN° appel;Début;File\n1;9:00;A\n2;9:01;B\n"))
    assert found is not None
    assert found.names == ("N° appel", "Début", "File")
    assert [row["File"] for row in found.rows] == ["A", "B"]


def test_a_row_may_have_values_in_columns_without_a_name() -> None:
    row = "2017/07/03 08:00:12,00:00:35,3,I,201,E201,Ext201,U,A\n"
    found = sample(lines("Call Start,Duration,Ring,Direction,Called,,,,\n" + row))
    assert found is not None
    assert (found.names[0], len(found.names)) == ("Call Start", 5)
    assert [each["Called"] for each in found.rows] == ["201"]
    assert sample(lines("a,title\n" + row)) is None


@pytest.mark.parametrize("indent", [None, 2])
def test_rows_in_an_object_are_found_with_their_path(indent: int | None) -> None:
    rows = [{"id": 1, "queue": {"name": "A"}, "legs": [{"at": 1}]}, {"id": 2, "queue": {"name": None}, "legs": []}]
    found = sample(lines(json.dumps({"meta": {"total": 2}, "data": {"calls": rows}, "calls": rows}, indent=indent)))
    assert found is not None
    assert (found.names, found.path) == (("id", "queue.name"), "calls")
    assert [row["queue.name"] for row in found.rows] == ["A", ""]


def test_objects_one_a_line_have_no_path() -> None:
    found = sample(lines('{"id": 1, "legs": [{"at": 1}], "at": 5}\n{"id": 2, "at": 6}\n'))
    assert found is not None
    assert (found.names, found.path, len(found.rows)) == (("id", "at"), None, 2)


def test_each_table_of_a_dump_has_its_name_and_those_of_the_others() -> None:
    dump = (
        "-- MySQL dump\nINSERT INTO `a` (`at`, `who`) VALUES (1, 'x');\nINSERT INTO b (id, at) VALUES (1, 2), (3, 4);\n"
    )
    first, second = of_dump(lines(dump))
    assert (first.names, first.path, first.others, first.rows) == (
        ("at", "who"),
        "a",
        ("b",),
        ({"at": "1", "who": "x"},),
    )
    assert (second.path, len(second.rows)) == ("b", 2)


@pytest.mark.parametrize("text", ["", "one\n", "0465710011,2026-03-04,12\n", "{", "[]", "7\n"])
def test_what_has_no_names_has_no_sample(text: str) -> None:
    assert sample(lines(text)) is None
