"""Figures and moments are formatted by the rules of each language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from agents.language import THIN, Language
from agents.writing import NOTHING, Writing

ENGLISH, FRENCH = Writing(Language.EN), Writing(Language.FR)
MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 -- a local moment
def test_french_days_and_moments_are_as_an_official_writes_them(local: datetime) -> None:
    day = f"{'1er' if local.day == 1 else local.day} {MONTHS[local.month - 1]} {local.year}"
    assert FRENCH.day(local.date()) == day
    assert FRENCH.moment(local) == f"{day} à {local.hour}{THIN}h{THIN}{local.minute:02}"


def test_a_length_of_time_has_the_units_that_count() -> None:
    lengths = (9.4, 125, 1830, 3 * 3600 + 240, 3 * 86400)
    written = [FRENCH.duration(each).replace(THIN, " ") for each in lengths]
    assert written == ["9 s", "2 min 05 s", "30 min", "3 h 04 min", "3 j"]


def test_english_is_british() -> None:
    assert ENGLISH.moment(datetime(2013, 9, 2, 14, 5)) == "2 September 2013 at 14:05"  # noqa: DTZ001 -- the same
    assert ENGLISH.weekday(date(2013, 9, 2)) == "Monday"


def test_what_is_not_known_is_a_dash_in_both() -> None:
    for each in (FRENCH, ENGLISH):
        assert [each.number(None), each.percent(None), each.duration(None)] == [NOTHING] * 3
