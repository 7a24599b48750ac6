"""JSON values are found in any layout; a damaged one is reported and affects no other."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.tables import json_values
from agents.sources.tables.json_values import TOO_BIG, UNENDED, NoValue, values
from agents.sources.tables.rows import Numbered

ROWS: list[dict[str, Any]] = [{"a": 1, "b": {"c": ['x"}]', "é", 2.5]}}, {"a": 2, "b": {}}, {"a": None, "b": []}]


def found(text: str | bytes) -> list[tuple[int, Any]]:
    raw = text.encode() if isinstance(text, str) else text
    numbered = ((number, line) for number, line in enumerate(raw.splitlines(keepends=True), 1) if line.strip())
    return [(number, each if isinstance(each, NoValue) else json.loads(each)) for number, each in values(numbered)]


def printed(value: object) -> str:
    return json.dumps(value, indent=2)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(map(json.dumps, ROWS)),
        json.dumps(ROWS),
        printed(ROWS),
        json.dumps(ROWS, indent=0),
        "\n".join(map(printed, ROWS)),
        ",\n".join(map(printed, ROWS)),
        "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]",
        " ".join(map(json.dumps, ROWS)),
        "".join(map(printed, ROWS)),
        printed(ROWS[:1]) + "\n" + printed(ROWS[1:]),
        "\n\n" + json.dumps(ROWS[:2]) + "\n" + json.dumps(ROWS[2:]),
    ],
)
def test_values_are_found_however_they_are_printed(text: str) -> None:
    assert [value for _, value in found(text)] == ROWS


def test_a_value_is_named_by_its_line_and_the_items_of_a_files_array_by_their_place() -> None:
    assert [number for number, _ in found(printed(ROWS))] == [1, 2, 3]
    assert [number for number, _ in found(json.dumps(ROWS))] == [1, 2, 3]
    lines = "\n".join(map(printed, ROWS[1:]))
    assert [number for number, _ in found(lines)] == [1, 1 + printed(ROWS[1]).count("\n") + 1]
    assert [number for number, _ in found(f"{json.dumps(ROWS[0])}\n{json.dumps(ROWS)}")] == [1, 2, 2, 2]


def test_a_torn_line_takes_no_other_with_it() -> None:
    good = [json.dumps(row) for row in ROWS]
    for torn in ('{"a": 3,', '{"a": "x', "{", '{"a": 3}}', "x", '"', "[", '{"a": nul}'):
        told = found("\n".join([good[0], torn, *good[1:]]))
        assert [value for _, value in told if isinstance(value, dict) and value in ROWS] == ROWS, torn
        assert any(isinstance(value, NoValue) for _, value in told), torn


def test_a_file_that_ends_within_its_array_says_so_after_what_came_before() -> None:
    told = found(printed(ROWS)[:-1])
    assert [value for _, value in told[:-1]] == ROWS
    assert told[-1][1] == NoValue(b"", UNENDED)


@pytest.mark.parametrize("text", ["[1, 2]", "[\n1,\n2\n]", '["a",\n"b"]', "[[\n1], [2]]", "7", "[{}, 3\n]"])
def test_what_is_no_object_is_not_lost(text: str) -> None:
    assert [value for _, value in found(text) if value != {}]


def test_what_is_too_long_is_told_by_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = (json.dumps(ROWS[0]) + "\n").encode()
    assert found(rest + b'{"a": "' + b"x" * MAX_LINE + b"\n" + rest)[1:] == [(2, NoValue(b"", TOO_LONG)), (3, ROWS[0])]
    monkeypatch.setattr(json_values, "MAX_DOCUMENT", 5_000)
    assert found(b"[" + b" " * 5_000 + b"{")[0] == (1, NoValue(b"", TOO_BIG))
    assert found(b"{\n" + (b" " * 90 + b"1,\n") * 70)[0] == (1, NoValue(b"{\n", TOO_BIG))


@pytest.mark.parametrize("text", ['{"a": ', "[" * 1_000_000, '[{"a": ' * 200_000, '{"a": ' * 300_000 + "\n}"])
def test_brackets_without_end_are_refused_at_once(text: str) -> None:
    begin = time.process_time()
    told = list(values(iter([(1, text.encode()), (2, b'{"a": 1}')])))
    assert time.process_time() - begin < 1, "it took three seconds to follow them all"
    assert isinstance(told[0][1], NoValue)


@pytest.mark.slow
def test_an_array_is_read_in_the_memory_of_its_items() -> None:
    def lines() -> Iterator[Numbered]:
        yield 1, b"[\n"
        for number in range(2, 40_002):
            yield number, b'{"a": "' + b"x" * 500 + b'",\n"b": 1},\n'
        yield 40_002, b"{}]\n"

    tracemalloc.start()
    try:
        assert sum(1 for _ in values(lines())) == 40_001  # 20 MB
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
