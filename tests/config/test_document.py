from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.document import MAX_CHARACTERS, MAX_VALUES, parse, read
from config.refusal import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text, "x.yaml")
    return str(caught.value).removeprefix("The configuration is refused:\n  ")


def test_plain_data() -> None:
    assert parse("a: {b: [1, 0.5, yes, null, text]}", "x.yaml") == {"a": {"b": [1, 0.5, True, None, "text"]}}
    assert parse("", "x.yaml") is None


def test_a_document_has_bounds_of_its_own() -> None:
    assert refused("a: " + "x" * MAX_CHARACTERS) == (
        f"x.yaml: found {MAX_CHARACTERS + 3} characters, expected a document of at most {MAX_CHARACTERS}"
    )
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 9)
    )
    assert f"more than {MAX_VALUES} values with every alias written out" in refused(bomb)
    merged = "a0: &a0 {x: 1}\n" + "".join(
        f"a{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 9)}]}}\n" for level in range(1, 9)
    )
    assert "with every alias written out" in refused(merged)
    assert "values too deep" in refused("[" * 3_000 + "]" * 3_000)


def test_days_stay_text() -> None:
    assert parse("[2013-05-10, 2013-02-30]", "x.yaml") == ["2013-05-10", "2013-02-30"]


def test_merged_keys() -> None:
    assert parse("a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}", "x.yaml") == {
        "a": {"x": 1, "y": 2},
        "b": {"x": 3, "y": 2},
    }


def test_every_doubled_key_is_named() -> None:
    text = "lines:\n  standard: {}\n  cni: {}\n  standard: {}\nsite: a\nlist:\n- {b: 1, b: 2}\nsite: b\n"
    assert refused(text).split("\n  ") == [
        "x.yaml: lines.standard: found the same key in lines 2 and 4, expected each key once",
        "x.yaml: list.0.b: found the same key in lines 7 and 7, expected each key once",
        "x.yaml: site: found the same key in lines 5 and 8, expected each key once",
    ]


def test_keys_that_are_no_text() -> None:
    words = 'expected text (in quotes if it looks like a number: "600")'
    assert refused("lines:\n  0600: {}") == f"x.yaml: lines: found a key that is no text in line 2, {words}"
    assert refused("no: 1") == f"x.yaml: found a key that is no text in line 1, {words}"
    assert refused("? [a]\n: 1") == f"x.yaml: found a key that is no text in line 1, {words}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: [1", "expected ',' or ']', but got '<stream end>' in line 1, column 6"),
        ("a: b: c", "mapping values are not allowed here in line 1, column 5"),
        ("a: *b", "found undefined alias 'b' in line 1, column 4"),
        ("a: !!python/name:os.system", "could not determine a constructor for the tag"),
        ("a: !!int ten", "invalid literal for int"),
        ("a: \x00", "unacceptable character"),
        ("a: 1\n---\nb: 2", "but found another document in line 2, column 1"),
        ("&a [*a]", "a value that holds itself"),
    ],
)
def test_what_is_not_yaml(text: str, found: str) -> None:
    message = refused(text)
    assert message.startswith("x.yaml: found ")
    assert found in message


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("site: Mende é", encoding="utf-8")
    assert read(path) == {"site": "Mende é"}
    path.write_bytes(b"\xef\xbb\xbfsite: Mende\r\n")  # as an editor on Windows leaves it
    assert read(path) == {"site": "Mende"}
    refusals = {
        b"": "found an empty file, expected a mapping with keys such as site and lines",
        b"- a": "found a list, expected a mapping with keys such as site and lines",
        b"site: \xe9": "found byte 6 is not UTF-8, expected UTF-8 text",
    }
    for content, words in refusals.items():
        path.write_bytes(content)
        with pytest.raises(ConfigError) as caught:
            read(path)
        assert str(caught.value).endswith(f"x.yaml: {words}")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none.yaml: found no such file, expected a YAML file that exists"):
        read(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="found Is a directory, expected a YAML file that can be read"):
        read(tmp_path)
