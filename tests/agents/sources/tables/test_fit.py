"""A file's columns determine the mappings that fit it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.sources.tables.fit import fitting, header, told
from config.settings import Settings, load

EXAMPLES = Path(__file__).resolve().parents[4] / "examples"


@pytest.fixture(scope="module")
def office() -> Settings:
    return load(EXAMPLES / "office.yaml", {})


def first_lines(name: str) -> list[bytes]:
    return (EXAMPLES / name).read_bytes().splitlines(keepends=True)[:50]


@pytest.mark.parametrize(
    ("name", "mapping"),
    [("calls.csv", "exchange"), ("tickets.csv", "tickets"), ("polls.csv", "polls"), ("register.csv", "requests")],
)
def test_an_example_fits_its_mapping_best(office: Settings, name: str, mapping: str) -> None:
    assert fitting(header(first_lines(name)), office)[0] == mapping


def test_excels_line_of_the_separator_is_no_header() -> None:
    assert header([b"sep=;\r\n", b"call;entered\r\n", b"1;2\r\n"]) == ["call", "entered"]


def test_what_no_mapping_knows_fits_none(office: Settings) -> None:
    assert fitting(["call", "who", "when"], office) == []
    assert fitting([], office) == []


def test_the_keys_of_objects_are_columns_whole_and_by_dots(office: Settings) -> None:
    row = {"serviceId": "a", "dateModified": {"value": 1}, "ticketServedLabel": "A1", "ticketsToServe": 3}
    for text in (json.dumps(row), json.dumps([row], indent=2)):
        found = header(text.encode().splitlines(keepends=True))
        assert found[:3] == ["serviceId", "dateModified", "dateModified.value"]
        assert fitting(found, office) == ["ngsi"]


def test_the_first_of_many_printed_objects_is_enough(office: Settings) -> None:
    rows = [{"ticket": f"A{number}", "service": "permis", "issued": number} for number in range(90)]
    lines = json.dumps(rows, indent=2).encode().splitlines(keepends=True)[:50]
    assert fitting(header(lines), office) == ["tickets"]


def test_rows_that_lie_within_an_object_are_found_where_their_mapping_says(office: Settings) -> None:
    answer = {"result": {"date": 1, "time": 2, "grupy": [{"idGrupy": 1, "aktualnyNumer": "A1", "liczbaKlwKolejce": 2}]}}
    assert fitting(header([json.dumps(answer).encode()]), office) == ["warsaw"]


def test_a_path_into_arrays_fits_the_keys_of_the_array() -> None:
    own = {
        "of": "calls",
        "id": "id",
        "queue": "people[as=acd].queue",
        "moments": {"offered": "people[as=acd].legs.first.at", "answered": "legs.last.at"},
    }
    office = Settings.model_validate_json(json.dumps({"site": "hall", "mappings": {"own": own}}))
    assert fitting(["id", "people", "people.as", "legs", "legs.at"], office) == ["own"]
    assert fitting(["id", "people", "people.as", "legs"], office) == []


@pytest.mark.parametrize("content", [b"", b"\n", b"{", b"[" * 9, b"\x00" * 50, b'"' + b"x" * 200_000])
def test_what_has_no_columns_has_none_that_fit(office: Settings, content: bytes) -> None:
    assert fitting(header(content.splitlines(keepends=True)), office) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b"a,b\n",
            "Its columns are a, b; no mapping of calls fits them. `tocsin init FILE` proposes a mapping",
        ),
        (b"Call Start,Duration,,Caller,,\n", "Its columns are Call Start, Duration, Caller; no mapping of calls"),
        (
            b'{"a": {"b": 1}}\n',
            "The keys of its first object are a, a.b; no mapping of calls fits them. `tocsin init FILE` proposes a",
        ),
        (
            b"Durand,0611223344,2026-03-04\n",
            "Its first line has no column names: define them under `columns` or `widths`. `tocsin",
        ),
        (
            b'{"iso8601": 1, "by": {"0611223344": {"x": 1}, "queue": "a"}}\n',
            "The keys of its first object are by, by.queue; no mapping of calls fits them",
        ),
        (
            b'{"rows": [\n{"began": 1,\n"who": {"id": 2}},\n{"began": 3,',
            "The keys of its first object are rows, rows.began, rows.who, rows.who.id; no mapping of calls",
        ),
        (b"[[1, 2]]\n", "Its first 1 lines have no JSON object with named keys. `tocsin init"),
        (b"", "Its first line has no column names"),
    ],
)
def test_where_nothing_fits_the_columns_are_told_and_no_callers(content: bytes, says: str) -> None:
    told_of = told(content.splitlines(keepends=True), Settings(site="office"), "calls")
    assert told_of.startswith(says)
    assert "Durand" not in told_of


def test_of_many_columns_some_are_told() -> None:
    names = ",".join(f"c{number}x" for number in range(60))
    assert "c39x and 20 more; no mapping" in told([names.encode()], Settings(site="office"), "calls")


def test_the_closest_mapping_is_named_with_the_columns_it_lacks() -> None:
    header = b"DocumentId,CallQueueIdentity,UserStartTimeUTC,CallQueueCallResult,CallQueueTargetType\n"
    told_of = told([header], Settings(site="office"))
    assert "; the closest mapping is teams; it also needs CallQueueDurationSeconds. `tocsin" in told_of
    assert "no mapping fits them" in told([header], Settings(site="office"), "tickets").replace(" of tickets", "")
