"""Scores: of weeks forecast from the days before them alone, beside the mean of eight weekdays."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from streams.forecast import score as score_module
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import LEVELS, Expected, ExpectedDay
from streams.forecast.past import Floats, Past
from streams.forecast.score import Score, eight_weekdays, pinball, score, scored_days
from tests.streams.forecast.made_up import FRENCH, MONDAY, half_hours


def weeks(counts: Floats, first: int, last: int) -> list[Past]:
    """Return the pasts before the weeks from one to another."""
    past = Past(MONDAY, counts)
    return [past.until(7 * number) for number in range(first, last)]


def test_the_pinball_weighs_what_lies_above_a_quantile_by_its_level() -> None:
    levels = np.full((1, len(LEVELS)), 10.0)
    assert pinball(np.array([14.0]), levels) == pytest.approx(4 * np.mean(LEVELS))
    assert pinball(np.array([7.0]), levels) == pytest.approx(3 * (1 - np.mean(LEVELS)))


def test_eight_weekdays_are_the_last_known_of_the_same_weekday() -> None:
    counts = np.full((70, 1), 5.0)
    counts[::7] = np.arange(10)[:, None]  # Mondays 0 to 9
    counts[63] = np.nan
    assert eight_weekdays(Past(MONDAY, counts))[0].total.mean == np.mean(np.arange(1, 9))


def test_a_day_that_is_not_known_is_not_scored() -> None:
    counts = half_hours(28)
    counts[22] = np.nan
    before, days = Past(MONDAY, counts).until(21), [MONDAY + timedelta(21), MONDAY + timedelta(22)]
    told = [ExpectedDay(day, Expected(100.0, 0.01), (Expected(2.0, 0.01),) * 48) for day in days]
    assert [each.date for each in scored_days(Past(MONDAY, counts), before, told)] == days[:1]


def test_a_forecast_that_knows_the_holidays_is_better_than_eight_weekdays() -> None:
    counts = half_hours(203, off=FRENCH)
    found = score(Past(MONDAY, counts), weeks(counts, 12, 24), FRENCH)
    assert found is not None
    assert not found.worse
    assert found.days == 5 * 12, "closed weekends say nothing"
    assert found.days_held > 0.9


def test_too_few_days_have_no_score() -> None:
    counts = half_hours(70)
    assert score(Past(MONDAY, counts), weeks(counts, 6, 8), DaysOff()) is None


def test_silence_is_judged_by_the_days_before_alone() -> None:
    counts = half_hours(70)
    counts[45:56] = 0.0  # two working days before the week, and its five
    known = Past(MONDAY, counts).until(49)
    assert known.totals[45:].tolist() == [0, 0, 0, 0]
    assert np.isnan(Past(MONDAY, counts).totals[45:47]).all()


def test_a_week_is_scored_anew_if_anything_that_it_depends_on_differs() -> None:
    counts = half_hours(140, off=FRENCH)
    earlier, later = counts.copy(), counts.copy()
    earlier[:105, 20] += 9
    later[105:, 20] += 9

    def scores(*, anew: bool) -> list[Score | None]:
        found = []
        for known, first, off in (
            (counts, MONDAY, FRENCH),
            (earlier, MONDAY, FRENCH),
            (later, MONDAY, FRENCH),
            (counts, MONDAY + timedelta(1), FRENCH),
            (counts, MONDAY, DaysOff()),
            (counts, MONDAY, DaysOff(FRENCH.names, frozenset({4}))),
        ):
            if anew:
                score_module._scored.clear()
            past = Past(first, known)
            found.append(score(past, [past.until(98), past.until(105), past.until(106), past.until(112)], off))
        return found

    alone = scores(anew=True)
    assert len(set(alone)) == len(alone)
    score_module._scored.clear()
    assert scores(anew=False) == scores(anew=False) == alone


def test_the_weeks_that_are_kept_are_bounded_and_change_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = half_hours(98, off=FRENCH)
    expected = score(Past(MONDAY, counts), weeks(counts, 6, 12), FRENCH)
    score_module._scored.clear()
    monkeypatch.setattr(score_module, "KEPT", 4)
    assert score(Past(MONDAY, counts), weeks(counts, 6, 12), FRENCH) == expected
    assert len(score_module._scored) == 6 - 4


def test_a_weekday_that_was_never_seen_is_expected_to_have_no_call() -> None:
    days = eight_weekdays(Past(MONDAY, np.full((9, 2), 5.0)).until(3))
    assert [(each.date.weekday(), each.total.mean) for each in days] == [
        (3, 0.0), (4, 0.0), (5, 0.0), (6, 0.0), (0, 10.0), (1, 10.0), (2, 10.0)
    ]  # fmt: skip
