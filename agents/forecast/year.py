"""How good the forecasts of a year were: every second week forecast from the days before it, as on the board."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from agents.forecast.countries import days_off
from agents.forecast.ledger import DeskPast
from agents.forecast.written import DeskKey, forecast_desks
from agents.history.ledger import History
from config.settings import Settings
from streams.forecast.past import WEEK
from streams.forecast.score import Score, score
from streams.indicators.period import Period

STEP: Final = 2 * WEEK  # days from one forecast week to the next: a week takes about 20 ms


class DeskScore(NamedTuple):
    """The score of a line or a service; None if too few days are known."""

    desk: DeskKey
    score: Score | None


def year_scores(history: History, settings: Settings, year: Period, today: date) -> list[DeskScore]:
    """Return the scores of every second week of a year, up to `today`, of each line and service."""
    end = min(year.last + timedelta(1), today)
    weeks = [year.first + timedelta(days) for days in range(0, (end - year.first).days, STEP)]
    return [DeskScore(desk, _score(history, settings, desk, weeks, end) if weeks else None)
            for desk in forecast_desks(settings)]  # fmt: skip


def _score(history: History, settings: Settings, desk: DeskKey, weeks: list[date], end: date) -> Score | None:
    past = DeskPast(history, settings, *desk)
    came = past.before(end)
    if came is None:
        return None
    return score(came, past.as_known(weeks), days_off(settings, came.first, end + timedelta(WEEK)))
