"""A change has a sign and a direction, better or worse, and a note if chance alone may explain it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agents.language import Language
from agents.report.change import change_of, sentence, verdicts
from agents.totals.telling import Telling
from streams.indicators.indicator import Compared, Figure, Indicator
from streams.indicators.period import Period
from tests.agents.totals.year import PARIS

FRENCH, ENGLISH = Telling(Language.FR, PARIS), Telling(Language.EN, PARIS)
YEARS = {year: Period.of_year(year) for year in (2012, 2013)}


def indicator(kind: str, value: float | None, before: float | None, **more: Any) -> Indicator:
    figure = Figure(
        value, None, None, low=more.pop("low", None), high=more.pop("high", None), met=more.pop("met", None)
    )
    given: dict[str, Any] = {"unit": "share", "days": None} | more
    return Indicator(
        id=f"{kind}:one",
        kind=kind,  # type: ignore[arg-type]
        subject="one",
        label="One",
        raw=figure,
        corrected=figure,
        counted=YEARS[2013],
        compared=[Compared(YEARS[2012], YEARS[2012], whole=True, raw=before, corrected=before)],
        **given,
    )


def test_a_delay_that_falls_is_an_improvement_in_days() -> None:
    delay = indicator("mean_days", 4.33, 6.33, unit="days", days="calendar")
    assert sentence(delay, FRENCH) == (
        "Le délai moyen de réponse est de 4,33 jours, contre 6,33 en 2012 : une amélioration de 2,00 jours."
    )
    assert sentence(delay, ENGLISH) == (
        "The mean delay of answer is 4.33 days, against 6.33 in 2012: an improvement of 2.00 days."
    )


def test_a_share_in_time_that_falls_is_a_worsening_in_points() -> None:
    told = sentence(indicator("within_target", 0.92, 0.95, limit=5, days="working"), FRENCH).replace("\u202f", " ")
    assert told == (
        "Le taux de réponse dans les 5 jours ouvrés est de 92,00 %, contre 95,00 % en 2012 : "
        "une dégradation de 3,00 points."
    )


@pytest.mark.parametrize(("low", "high", "steady"), [(0.01, 0.04, True), (0.025, 0.04, False), (None, None, False)])
def test_what_chance_alone_may_do_is_steady(low: float | None, high: float | None, *, steady: bool) -> None:
    change = change_of(indicator("lost_rate", 0.03, 0.02, low=low, high=high))
    assert change is not None
    assert (change.steady, change.gain < 0) == (steady, True)


def test_a_target_is_told_by_what_it_asks() -> None:
    missed = indicator("wait", 31.0, None, unit="minutes", target=30.0, met=False)
    assert sentence(missed, FRENCH) == (
        "L'attente moyenne au guichet est de 31,00 minutes. L'objectif (moins de 30 minutes) n'est pas atteint."
    )
    assert sentence(indicator("wait", None, 3.0), ENGLISH) == "Mean wait at the counter: no figure is published."


def test_many_are_told_in_one_sentence() -> None:
    every = [
        indicator("mean_days", 4.0, 6.0, unit="days", met=True),
        indicator("mean_days", 4.0, 4.0, unit="days", met=False),
        indicator("within_target", 0.8, 0.9),
        indicator("lost_rate", 0.1, None),
    ]
    assert verdicts(every, ENGLISH) == "Against 2012: 1 better, 1 steady, 1 worse; targets met: 1 of 2."
    assert verdicts([], FRENCH) == ""
    assert verdicts([indicator("lost_rate", 0.1, None)], FRENCH) == ""


def test_a_year_before_that_is_not_whole_is_told_with_its_days() -> None:
    short = indicator("mean_days", 4.0, 6.0, unit="days", days="calendar")
    days = Period(date(2012, 3, 1), date(2012, 12, 31))
    short.compared = [Compared(YEARS[2012], days, whole=False, raw=6.0, corrected=6.0)]
    assert "contre 6,00 en 2012 (du 1er mars au 31 décembre 2012) :" in sentence(short, FRENCH)


def test_years_of_different_definitions_are_not_compared() -> None:
    delay = indicator("mean_days", 4.33, 6.33, unit="days", days="calendar")
    delay.raw = Figure(4.33, None, None, status="B")
    assert change_of(delay) is None
    assert sentence(delay, ENGLISH) == (
        "The mean delay of answer is 4.33 days. It is not compared with the year before: the definition is another one."
    )
