"""A week as it was forecast: nothing that came later changes it, and its score decides whether it is shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from agents.forecast import week as forecast_week
from agents.forecast.week import ForecastWeek, week_from
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import Expected
from streams.forecast.score import Score
from streams.ledger.day import LedgerDay, LineDay
from tests.agents.board.known import history
from tests.agents.forecast.varied import OFFICE, UNTIL, varied

MONDAY = date(2013, 10, 28)


def week(days: list[LedgerDay], first: date, today: date = UNTIL) -> ForecastWeek:
    found = week_from(history(days=days), OFFICE, "lines", "circulation", first, today)
    assert found is not None
    return found


@pytest.mark.slow
def test_a_week_is_forecast_from_the_days_before_it_alone() -> None:
    days = varied()
    now, then = week(days, MONDAY), week([each for each in days if each.day < MONDAY.isoformat()], MONDAY, MONDAY)
    assert now.days == then.days
    assert now.score == then.score
    assert then.came == []
    lines = [each for each in days if isinstance(each, LineDay)]
    calls = {each.day: sum(slot.offered for slot in each.slots.values()) for each in lines}
    assert now.came == [calls.get((MONDAY + timedelta(ahead)).isoformat(), 0) for ahead in range(7)]


@pytest.mark.slow
def test_the_score_stands_beside_the_mean_of_eight_weekdays_and_holds() -> None:
    found = week(varied(), UNTIL)
    assert found.score is not None
    assert found.score.days == 26 * 5
    assert found.sound
    assert 0.9 < found.score.days_held <= 1


def test_a_forecast_worse_than_eight_weekdays_is_not_sound() -> None:
    told = [Score(130, error, 1.0, 0.95) for error in (0.9, 1.0, 1.1)]
    assert [ForecastWeek([], [], each, DaysOff(), Expected(9.0, 0.1)).sound for each in (*told, None)] == [
        True,
        True,
        False,
        True,
    ]


def test_a_line_with_too_few_days_has_no_week() -> None:
    days = [each for each in varied() if each.day < "2013-01-20"]
    assert week_from(history(days=days), OFFICE, "lines", "circulation", date(2013, 1, 20), UNTIL) is None


def test_a_forecast_that_is_worse_or_has_no_score_warns_of_no_day(monkeypatch: pytest.MonkeyPatch) -> None:
    known, crowded = history(days=varied(talk=300_000)), dict.fromkeys(range(7 * 24), 1)
    for error, warned in ((0.9, True), (1.1, False), (None, False)):
        scored = None if error is None else Score(130, error, 1.0, 0.95)
        monkeypatch.setattr(forecast_week, "score", lambda *_, scored=scored: scored)
        found = week_from(known, OFFICE, "lines", "circulation", UNTIL, UNTIL, crowded)
        assert found is not None
        assert any(day.likely for day in found.outlooks) == warned
