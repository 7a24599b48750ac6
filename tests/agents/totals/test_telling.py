"""A year's indicators are written in one language: values with units, periods, and other years."""

from __future__ import annotations

from datetime import date

import pytest

from agents.language import THIN, Language
from agents.totals.telling import Telling
from streams.indicators.period import Period
from tests.agents.totals.year import PARIS, wrong, year

SEPTEMBER = Period(date(2013, 9, 1), date(2013, 9, 30))
FRENCH, ENGLISH = Telling(Language.FR, PARIS), Telling(Language.EN, PARIS)


def told(text: str) -> str:
    return text.replace(THIN, " ")


@pytest.mark.parametrize(
    ("telling", "target", "name", "period"),
    [
        (FRENCH, "< 10 %", "Taux d'appels perdus : Circulation", "septembre 2013"),
        (ENGLISH, "< 10%", "Lost-call rate: Circulation", "September 2013"),
    ],
)
def test_an_indicator_has_its_name_its_target_and_its_period(
    telling: Telling, target: str, name: str, period: str
) -> None:
    rate = year(wrong()).indicators[0]
    assert (told(telling.target(rate)), telling.name(rate), told(telling.period(SEPTEMBER))) == (target, name, period)


def test_a_value_has_the_mark_of_its_language_and_a_dash_where_there_is_none() -> None:
    annual = year(wrong())
    (delay, *_) = (each for each in annual.indicators if each.unit == "days")
    assert (told(FRENCH.value(delay, 2.5)), told(ENGLISH.value(delay, 2.5))) == ("2,50 j", "2.50 d")
    assert FRENCH.value(delay, None) == ENGLISH.value(delay, None) == "—"
    assert [FRENCH.yes(met) for met in (True, False, None)] == ["oui", "non", "—"]


def test_a_whole_year_is_its_number() -> None:
    assert FRENCH.period(Period.of_year(2013)) == ENGLISH.period(Period.of_year(2013)) == "2013"
