"""A column's value is read as written, or refused with the expected form."""

from __future__ import annotations

import pytest

from agents.sources.tables.values import count, known, seconds
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00h12m30s", 750),
        ("12 min 30 s", 750),
        ("12\u00a0min\u00a030\u00a0s", 750),
        ("12 mn 30", 750),
        ("12'30", 750),
        ("12'30\"", 750),
        ("12\u203230\u2033", 750),
        ("PT12M30S", 750),
        ("PT1H0.5S", 3600.5),
        ("1h30", 5400),
        ("1 heure 30 minutes", 5400),
        ("1h30s", 3630),
        ("90 min", 5400),
        ("45''", 45),
    ],
)
def test_a_duration_with_units_needs_no_unit_from_the_mapping(text: str, expected: float) -> None:
    assert length(text, "hours") == expected


@pytest.mark.parametrize("text", ["PT", "12 30", "1h75", "12'75", "12'30'", "30 s 12 min", "P1DT2H", "12 min 5 h", "m"])
def test_a_duration_with_ambiguous_units_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="d is not a duration"):
        length(text)


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f"])
def test_a_count_may_have_its_thousands_apart(space: str) -> None:
    column = Column(column="n")
    assert count({"n": f"1{space}230"}, column) == 1230
    assert count({"n": f"12{space}345{space}678,0"}, column, comma=True) == 12_345_678
    for wrong in (f"1{space}23", f"04{space}657", f"123{space}456{space}789", f"1{space}{space}230", f"1230{space}456"):
        with pytest.raises(Invalid, match="expected a whole number of at most 8 digits"):
            count({"n": wrong}, column)


@pytest.mark.parametrize("text", ["-1", "soon", "1:2", "nan", "1e99", "0:60:00:00"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="d is not a duration; expected seconds, h:mm:ss or m:ss"):
        length(text)


def test_a_duration_of_more_than_a_day_is_refused_as_of_another_unit() -> None:
    assert length("24:00:00") == 86_400
    with pytest.raises(Invalid, match="d is 720 hours; expected a day or less: check its unit") as refused:
        length("2592000")
    assert refused.value.reason == "over-a-day"


@pytest.mark.parametrize("share", ["16,7 %", "16.7%", "17 %"])
def test_a_share_is_no_count_and_is_refused_by_its_column(share: str) -> None:
    with pytest.raises(Invalid, match=f"'{share}' in column lost is a share; expected a whole number"):
        count({"lost": share}, Column(column="lost"), comma=True)


@pytest.mark.parametrize(
    ("share", "of", "expected"),
    [("16,7 %", 120, 20), ("16.7%", 120, 20), ("16,6\u00a0%", 120, 20), ("100 %", 7, 7), ("0 %", 40, 0), ("0 %", 0, 0)],
)
def test_a_share_of_a_known_whole_is_the_only_number_that_has_it(share: str, of: int, expected: int) -> None:
    assert count({"lost": share}, Column(column="lost"), of=of) == expected


def test_a_share_that_several_numbers_or_none_have_is_refused() -> None:
    for of, says in (
        (1230, "16,7 % of 1,230 in column lost may be 205 to 206"),
        (3, "16,7 % of 3 in column lost is no"),
    ):
        with pytest.raises(Invalid, match=says):
            count({"lost": "16,7 %"}, Column(column="lost"), of=of)


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
