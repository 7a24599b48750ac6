"""The published schemas match the code, and refuse the same records."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from agents.schemas.documents import DOCS, documents, write_documents
from agents.schemas.json_schema import KINDS, schema

TOLD = [kind for kind in KINDS if kind not in {"ledger-day", "status"}]  # inputs, which have several forms


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def accepted(kind: str, record: object) -> tuple[bool, bool]:
    """Return two verdicts on a record: the published schema's and Tocsin's."""
    by_schema = Draft202012Validator(schema(kind)).is_valid(record)
    try:
        msgspec.json.decode(json.dumps(record), type=KINDS[kind][0])
    except msgspec.ValidationError:
        return by_schema, False
    return by_schema, True


@pytest.mark.parametrize("path", documents())
def test_the_published_documents_are_current(path: str) -> None:
    assert (DOCS / path).read_text(encoding="utf-8") == documents()[path], "run `python -m agents.schemas`"


def test_nothing_else_is_published() -> None:
    assert {f"schemas/{file.name}" for file in (DOCS / "schemas").iterdir()} | {
        "asyncapi.yaml",
        "openapi.json",
        "open-data.md",
    } == set(documents())


def test_writing_gives_the_same_files(tmp_path: Path) -> None:
    write_documents(tmp_path / "docs")
    for path, text in documents().items():
        assert (tmp_path / "docs" / path).read_text(encoding="utf-8") == text


def test_each_schema_is_one_and_its_example_is_accepted(kind: str) -> None:
    published = schema(kind)
    Draft202012Validator.check_schema(published)
    assert published["$id"] == f"urn:tocsin:{kind}"
    (example,) = published["examples"]
    assert accepted(kind, example) == (True, True)


def test_an_example_comes_back_as_it_was(kind: str) -> None:
    struct, example = KINDS[kind]
    told = msgspec.to_builtins(msgspec.json.decode(json.dumps(example), type=struct), str_keys=True)
    assert told.items() <= example.items()
    assert example.keys() - told.keys() <= {"type"}, "only a default may be left out"


@pytest.mark.parametrize("kind", TOLD)
def test_what_is_left_out_may_be_null(kind: str) -> None:
    published = schema(kind)
    optional = published["properties"].keys() - published["required"] - {"type"}
    assert accepted(kind, published["examples"][0] | dict.fromkeys(optional)) == (True, True)


@pytest.mark.parametrize("kind", TOLD)
def test_without_a_required_field_both_refuse(kind: str) -> None:
    published = schema(kind)
    for field in published["required"]:
        partial = {name: value for name, value in published["examples"][0].items() if name != field}
        assert accepted(kind, partial) == (False, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "answerd"),
        ("type", None),
        ("line", ""),
        ("line", "x" * 65),
        ("call", 17),
        ("wait", -1),
        ("wait", "12"),
        ("wait", 31_536_001),
        ("seq", 1.5),
        ("seq", -1),
        ("reason", "busy"),
        ("caller", "+33466496000"),
        ("caller", "hmac:XYZ"),
        ("at", None),
        ("at", -1),
        ("at", 1_362_382_200_000),
        ("at", "2013-03-04T08:30:00"),
        ("at", "2013-03-04"),
        ("at", "2013-03-04T08:30Z"),
        ("at", "04/03/2013 08:30"),
        ("at", "1362382200"),
    ],
)
def test_what_tocsin_refuses_the_schema_refuses(field: str, value: object) -> None:
    assert accepted("call-event", KINDS["call-event"][1] | {field: value}) == (False, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", 0),
        ("at", 1362382200.125),
        ("at", "2013-03-04T07:30:00Z"),
        ("at", "2013-03-04 08:30:00.123456+01:00"),
        ("at", "2013-03-04t08:30:00+0100"),
        ("colour", "blue"),
    ],
)
def test_what_tocsin_takes_the_schema_takes(field: str, value: object) -> None:
    assert accepted("call-event", KINDS["call-event"][1] | {field: value}) == (True, True)


@pytest.mark.parametrize("record", [None, [], "call", 1, {}])
def test_what_is_no_event_is_none_for_both(kind: str, record: object) -> None:
    assert accepted(kind, record) == (False, False)


@pytest.mark.parametrize(("field", "value"), [("of", "site"), ("id", None), ("slots", {"1": {"offered": "2"}})])
def test_what_is_no_day_of_the_ledger_is_none_for_both(field: str, value: object) -> None:
    assert accepted("ledger-day", KINDS["ledger-day"][1] | {field: value}) == (False, False)
