"""A column's value is read as written, or refused with the expected form."""

from __future__ import annotations

import pytest

from agents.sources.columns_values import count, known, seconds
from config.columns import Column, LengthColumn, TimeUnit
from config.expression import LONGEST
from streams.decoding import Invalid


def length(text: str, unit: TimeUnit = "seconds", *, comma: bool = False) -> float | None:
    return seconds({"d": text}, LengthColumn(column="d", unit=unit), comma=comma)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("12", "seconds", 12),
        ("12.5", "minutes", 750),
        ("2", "hours", 7200),
        ("1500", "milliseconds", 1.5),
        ("1:02:03", "minutes", 3723),
        ("02:03", "hours", 123),
        ("00:00:01.5", "seconds", 1.5),
        ("", "seconds", None),
    ],
)
def test_a_duration_is_read_by_its_unit_or_by_its_colons(text: str, unit: TimeUnit, expected: float | None) -> None:
    assert length(text, unit) == expected


def test_a_comma_parts_a_fraction_only_where_the_mapping_says_so() -> None:
    assert length("12,5", comma=True) == 12.5
    assert length("0:01:02,5", comma=True) == 62.5
    with pytest.raises(Invalid, match="set `decimal: comma` if the decimal separator is a comma"):
        length("1,234")
    assert count({"n": "7,0"}, Column(column="n"), comma=True) == 7


@pytest.mark.parametrize("text", ["-1", "soon", "1:2", "nan", "1e99", "0:60:00:00"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="d is not a duration; expected seconds, h:mm:ss or m:ss"):
        length(text)


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        ("Ext.504", "Ext\\.(\\d+)", "504"),
        ("Ext.504", ".*", "Ext.504"),
        ("trunk", "Ext\\.(\\d+)", None),
        ("b", "(a)?b", None),
    ],
)
def test_of_a_value_that_fits_a_pattern_its_group_counts(value: str, pattern: str, expected: str | None) -> None:
    assert known({"c": value}, Column(column="c", pattern=pattern)) == expected


def test_a_value_that_is_too_long_for_a_pattern_is_refused() -> None:
    with pytest.raises(Invalid, match=f"{LONGEST + 1} characters in column c; expected at most {LONGEST}"):
        known({"c": "x" * (LONGEST + 1)}, Column(column="c", pattern=".*"))
