"""Rows of JSON by paths through objects and arrays; an absent column is refused, never treated as empty."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agents.sources.tables.rows import MalformedRow, TableRow
from agents.sources.tables.table import read
from config.mapping import Table
from config.refusal import ConfigError

T = 1_700_000_000


def table(column: str, **more: Any) -> Table:
    said = {"of": "calls", "id": "id", "queue": {"fixed": "x"}, "moments": {"offered": "at"}, "agent": column, **more}
    return Table.model_validate_json(json.dumps(said))


def rows(text: str, by: Table) -> list[TableRow | MalformedRow]:
    return list(read(text.encode().splitlines(keepends=True), by, "file"))


def agents(value: object, column: str) -> list[str]:
    found = rows(json.dumps({"id": 1, "at": T, "within": value}), table(f"within.{column}"))
    return [row.values[f"within.{column}"] if isinstance(row, TableRow) else row.detail for row in found]


def test_an_id_that_is_a_number_keeps_its_digits() -> None:
    text = "".join(f'{{"id": 1700000000.{digits}, "at": {T}, "within": {{"a": 2.50}}}}\n' for digits in ("1", "10"))
    found = [row.values for row in rows(text, table("within.a")) if isinstance(row, TableRow)]
    assert [values["id"] for values in found] == ["1700000000.1", "1700000000.10"]
    assert [values["within.a"] for values in found] == ["2.50", "2.50"]


@pytest.mark.parametrize(
    ("value", "column", "expected"),
    [
        ({"name": "Ann"}, "name", "Ann"),
        ({"name": None}, "name", ""),
        ({"name": True}, "name", "true"),
        ({"name": 2}, "name", "2"),
        ([{"name": "Ann"}, {"name": "Bea"}], "0.name", "Ann"),
        ([{"name": "Ann"}, {"name": "Bea"}], "first.name", "Ann"),
        ([{"name": "Ann"}, {"name": "Bea"}], "last.name", "Bea"),
        ([{"name": "Ann"}], "3.name", ""),
        ([], "last.name", ""),
        (None, "name", ""),
        ([["Ann"]], "first.last", "Ann"),
        ({"on": [{"as": "acd", "n": "Q"}, {"as": "agent", "n": "Ann"}]}, "on[as=agent].n", "Ann"),
        ({"on": [{"as": 2, "n": "Ann"}, {"as": 2, "n": "Bea"}]}, "on[as=2].n", "Ann"),
        ({"on": [{"as": "agent", "n": None}]}, "on[as=agent].n", ""),
        ({"on": [{"to": {"as": "agent"}, "n": "Ann"}]}, "on[to.as=agent].n", "Ann"),
        ({"on": [{"as": "agent", "legs": [{"kind": "a.b", "at": 7}]}]}, "on[as=agent].legs[kind=a.b].at", "7"),
        ({"on": None}, "on[as=agent].n", ""),
        ({"a.b": 1, "a": {"b": 3}}, "a.b", "1"),
        ({"name": {"type": "Text", "value": "Ann"}}, "name", "Ann"),
        ({"name": []}, "name", ""),
    ],
)
def test_a_path_leads_to_a_value(value: object, column: str, expected: str) -> None:
    assert agents(value, column) == [expected]


def test_the_first_item_with_a_value_is_the_first_that_has_the_rest_of_the_path() -> None:
    rang = {"as": "agent", "name": "Ann", "legs": [{"kind": "alert", "at": 5}]}
    spoke = {"as": "agent", "name": "Bea", "legs": [{"kind": "alert", "at": 7}, {"kind": "interact", "at": 9}]}
    assert agents({"on": [rang, spoke]}, "on[as=agent].legs[kind=interact].at") == ["9"]
    assert agents({"on": [rang, spoke]}, "on[as=agent].legs[kind=alert].at") == ["5"]


def test_a_value_that_no_item_has_is_a_missing_column() -> None:
    text = json.dumps({"id": 1, "at": T, "within": [{"as": "acd", "n": "Q"}]})
    with pytest.raises(ConfigError, match=r"1 objects without within\[as=agent\]\.n"):
        rows(text, table("within[as=agent].n"))
    (found,) = rows(text, table("within[as=agent].n", optional="within[as=agent].n"))
    assert isinstance(found, TableRow)
    assert found.values["within[as=agent].n"] == ""


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"name": {"first": "Ann"}}, "within.name is an object; expected a value, or a path to one inside it, such as"),
        ({"name": ["Ann"]}, "within.name is a list; expected a value, or a path to one inside it, such as within.name"),
    ],
)
def test_what_is_no_value_is_refused_and_not_taken_for_empty(value: object, says: str) -> None:
    assert agents(value, "name")[0].startswith(says)


@pytest.mark.parametrize("value", [{"nam": 1}, [{"nam": 1}], {"name": {}}, 7])
def test_a_path_that_leads_nowhere_is_refused(value: object) -> None:
    text = json.dumps([{"id": 1, "at": T, "within": value}], indent=1)
    with pytest.raises(ConfigError, match=r"1 objects without within.first.name"):
        rows(text, table("within.first.name"))


def test_objects_under_a_key_say_what_the_object_around_them_says() -> None:
    document = {"site": {"name": "hall"}, "data": {"contacts": [{"id": 1, "at": T}, {"id": 2, "at": T}]}}
    by = table("site.name", rows="data.contacts")
    for text in (json.dumps(document), json.dumps(document, indent=2), json.dumps([document, document])):
        found = rows(text, by)
        assert [row.values["site.name"] for row in found if isinstance(row, TableRow)] == ["hall"] * len(found)
        assert [row.values["id"] for row in found if isinstance(row, TableRow)][:2] == ["1", "2"]


def test_an_object_without_its_rows_is_refused() -> None:
    (found,) = rows('{"error": "expired"}', table("agent", rows="contacts"))
    assert isinstance(found, MalformedRow)
    assert found.detail == "no JSON object; expected one with rows at contacts"
    assert rows('{"contacts": []}', table("agent", rows="contacts")) == []


def test_of_a_document_what_is_refused_is_the_item_alone() -> None:
    document = {"contacts": [7, {"id": 1, "at": T, "agent": {}}, {"id": 2, "at": T, "agent": ["x"]}]}
    found = rows(json.dumps(document), table("agent", rows="contacts"))
    assert [row.raw for row in found if isinstance(row, MalformedRow)] == [
        b"7",
        json.dumps(document["contacts"][1]).encode(),
        json.dumps(document["contacts"][2]).encode(),
    ]
