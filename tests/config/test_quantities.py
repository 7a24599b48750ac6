from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter, ValidationError

from config import quantities as q


def check(kind: Any, value: object) -> Any:
    return TypeAdapter(kind, config=ConfigDict(strict=True)).validate_json(json.dumps(value))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120s", 120),
        ("30m", 1800),
        ("2h", 7200),
        ("30d", 2_592_000),
        ("0.5s", 0.5),
        (0, 0),
        (7200, 7200),
        (1.5, 1.5),
    ],
)
def test_durations(text: object, seconds: float) -> None:
    assert check(q.Duration, text) == seconds
    assert isinstance(check(q.Duration, text), float)


@pytest.mark.parametrize(
    "value", ["", "5", "5 s", "-5s", "5S", "5ms", "1h30m", "soon", "٣s", -1, 1e300, "9999d", True, None, [5]]
)
def test_no_durations(value: object) -> None:
    with pytest.raises(ValidationError, match="a duration such as 5s, 30m, 2h, 30d or a number of seconds"):
        check(q.Duration, value)


def test_a_span_is_longer_than_nothing() -> None:
    assert check(q.PositiveDuration, "1s") == 1
    with pytest.raises(ValidationError, match="a duration longer than 0"):
        check(q.PositiveDuration, "0s")


def test_ids() -> None:
    for good in ["lozere", "48", "cni-passeport", "a.b_c", "a" * 64]:
        assert check(q.Id, good) == good
    assert check(q.LineId, "CNI-1") == "CNI-1"
    for bad in ["", "Lozère", "A", "a b", "-a", "a/b", "a\n", "a" * 65, 48]:
        with pytest.raises(ValidationError):
            check(q.Id, bad)
    with pytest.raises(ValidationError):
        check(q.LineId, "a/b")


def test_servers() -> None:
    for good in ["127.0.0.1:9092", "kafka-1:9092,kafka-2.example.fr:9093", "[::1]:9092"]:
        assert check(q.Servers, good) == good
    for bad in ["", "kafka", "kafka:0", "kafka:65536", "kafka://a:1", "a:1,", "a:1, b:2", ["a:1"], 9092]:
        with pytest.raises(ValidationError, match="host:port, more of them separated by commas"):
            check(q.Servers, bad)


@pytest.mark.parametrize(
    "value",
    [
        "10/05/2013",
        "2013-02-30",
        "20130510",
        "2013-05-10T10:00",
        "1368144000",
        20130510,
        "0001-01-01",
        "9999-12-31",
    ],
)
def test_no_days(value: object) -> None:
    with pytest.raises(ValidationError, match="a day as YYYY-MM-DD"):
        check(q.CalendarDay, value)


@pytest.mark.parametrize("colour", ["#7a1f5c", "#7A1F5C", "#000000", "#1d5fa8"])
def test_a_colour_that_can_be_read_is_taken(colour: str) -> None:
    assert check(q.Colour, colour) == colour


@pytest.mark.parametrize("colour", ["red", "#fc0", "", "#12345g", 255])
def test_a_colour_has_six_digits(colour: object) -> None:
    with pytest.raises(ValidationError, match="a colour as #rrggbb, in quotes"):
        check(q.Colour, colour)


@given(st.from_regex("#[0-9a-f]{6}", fullmatch=True))
def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(colour: str) -> None:
    if q.contrast(colour, q.GROUND) >= q.AA:
        assert check(q.Colour, colour) == colour
        return
    with pytest.raises(ValidationError) as refused:
        check(q.Colour, colour)
    named = re.search(r"such as (#[0-9a-f]{6})", str(refused.value))
    assert named is not None
    assert check(q.Colour, named[1]) == named[1]


def test_no_ground_that_links_stand_on_is_darker_than_the_one_that_colours_are_held_against() -> None:
    css = files("agents.board").joinpath("templates/board.css").read_text(encoding="utf-8")
    light = css[: css.index("@media")]
    grounds = re.findall(r"--(?:paper|card|overload-wash): (#[0-9a-f]+)", light)
    assert len(grounds) == 3
    assert min(grounds, key=lambda each: q.luminance(each if len(each) == 7 else "#ffffff")) == q.GROUND


SVG = b'<?xml version="1.0"?><!-- a mark --><svg xmlns="http://www.w3.org/2000/svg"/>'
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(("name", "data"), [("logo.svg", SVG), ("LOGO.SVG", SVG), ("logo.png", PNG)])
def test_a_picture_is_taken(tmp_path: Path, name: str, data: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    assert TypeAdapter(q.Picture).validate_python(file) == file


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("logo.svg", b"<svg/>"),
        ("logo.svg", b"<html xmlns='http://www.w3.org/1999/xhtml'/>"),
        ("logo.svg", PNG),
        ("logo.svg", b""),
        ("logo.png", SVG),
        ("logo.jpg", b"\xff\xd8\xff"),
    ],
)
def test_what_no_browser_would_show_is_no_picture(tmp_path: Path, name: str, data: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(ValidationError, match=r"a PNG named \.png, or an SVG named \.svg"):
        TypeAdapter(q.Picture).validate_python(file)


def test_a_picture_is_small_and_there(tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    with pytest.raises(ValidationError, match="a file that exists"):
        TypeAdapter(q.Picture).validate_python(file)
    file.write_bytes(PNG + bytes(50_000))
    with pytest.raises(ValidationError, match="at most 50 kB"):
        TypeAdapter(q.Picture).validate_python(file)


def test_an_introduction_is_a_text_of_some_pages(tmp_path: Path) -> None:
    file = tmp_path / "introduction.md"
    file.write_text("é" * q.LONGEST_INTRODUCTION, encoding="utf-8")
    assert TypeAdapter(q.Introduction).validate_python(file) == file
    file.write_text("é" * (q.LONGEST_INTRODUCTION + 1), encoding="utf-8")
    with pytest.raises(ValidationError, match="a text of at most 10000 characters"):
        TypeAdapter(q.Introduction).validate_python(file)
    file.write_bytes(b"caf\xe9")
    with pytest.raises(ValidationError, match="a text in UTF-8"):
        TypeAdapter(q.Introduction).validate_python(file)
