"""French dates in words are read without a format; contradictory and unclear ones are not."""

from __future__ import annotations

from datetime import datetime

import pytest

from agents.sources.tables.french_dates import date_in_words, with_colon


@pytest.mark.parametrize(
    "text",
    [
        "1er août 2026 à 9:02",
        "Samedi 1er aout 2026, 09:02:00",
        "sam. 1 AOÛT\u00a02026 9:02",
        "1 aou\u0302t 2026 9:02",
    ],
)
def test_a_date_in_words_is_read_with_or_without_its_weekday_and_accents(text: str) -> None:
    assert date_in_words(text) == datetime(2026, 8, 1, 9, 2)  # noqa: DTZ001


def test_a_month_may_be_abbreviated_if_only_one_begins_so() -> None:
    words = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
    found = [date_in_words(f"4 {word} 2026") for word in words]
    assert [each.month for each in found if each] == list(range(1, 13))
    assert date_in_words("4 jui 2026") is None


@pytest.mark.parametrize("text", ["lundi 1er août 2026", "31 avril 2026", "4 August 2026", "août 2026", "4/8/2026", ""])
def test_a_date_that_contradicts_itself_or_is_no_french_date_is_not_read(text: str) -> None:
    assert date_in_words(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("9h", "09:00"), ("x 9 h 02", "x 09:02"), ("9H02", "09:02"), ("9h2", "9h2"), ("109h02", "109h02")],
)
def test_a_time_with_an_h_gets_a_colon(text: str, expected: str) -> None:
    assert with_colon(text) == expected
