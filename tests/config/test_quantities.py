from __future__ import annotations

import json
from typing import Any

import pytest
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


@pytest.mark.parametrize(
    ("colour", "taken"), [("#7a1f5c", True), ("#ffcc00", False), ("red", False), ("#757575", False)]
)
def test_a_colour_can_be_read_on_the_pages_ground(colour: str, *, taken: bool) -> None:
    found = TypeAdapter(q.Colour)
    if taken:
        assert found.validate_python(colour) == colour
    else:
        with pytest.raises(ValidationError, match="dark enough"):
            found.validate_python(colour)
