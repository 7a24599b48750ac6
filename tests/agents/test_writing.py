"""Figures and moments are written as a language does; in French as the pages always did."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from agents.language import Language
from agents.pages import written
from agents.writing import NOTHING, Writing
from streams.watch.french import number

FRENCH, ENGLISH = Writing(Language.FR), Writing(Language.EN)


@given(st.integers(-(10**9), 10**9))
def test_french_numbers_and_lengths_are_as_the_pages_write_them(value: int) -> None:
    assert FRENCH.number(value) == number(value)
    assert FRENCH.percent(value / 4096) == written.percent(value / 4096)
    assert FRENCH.duration(abs(value)) == written.duration(abs(value))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 -- a local moment
def test_french_days_and_moments_are_as_the_pages_write_them(local: datetime) -> None:
    assert FRENCH.moment(local) == written.moment(local)
    assert FRENCH.day(local.date()) == written.day(local.date())


def test_english_is_british() -> None:
    assert ENGLISH.moment(datetime(2013, 9, 2, 14, 5)) == "2 September 2013 at 14:05"  # noqa: DTZ001 -- the same
    assert ENGLISH.weekday(date(2013, 9, 2)) == "Monday"


def test_what_is_not_known_is_a_dash_in_both() -> None:
    for each in (FRENCH, ENGLISH):
        assert [each.number(None), each.percent(None), each.duration(None)] == [NOTHING] * 3
