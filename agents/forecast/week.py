"""A week of a line or a service as it was forecast, with what came of it and the score of the weeks before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from agents.forecast.countries import days_off
from agents.forecast.ledger import DeskPast
from agents.forecast.shortfall import Attendance, DayOutlook, outlooks
from agents.forecast.written import DeskKind
from agents.history.ledger import History
from config.settings import Settings
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import Expected, ExpectedDay, expect_calls
from streams.forecast.past import WEEK
from streams.forecast.score import Score, score

SCORED: Final = 26  # weeks before
NOBODY_KNOWN: Final[Attendance] = MappingProxyType({})


class ForecastWeek(NamedTuple):
    """Seven days as they were forecast from the days before them."""

    days: Sequence[ExpectedDay]
    came: Sequence[float | None]  # calls or visitors of the days that are over; None if they are unknown
    score: Score | None  # of the weeks before; None if too few are known
    off: DaysOff
    total: Expected  # of the seven days together
    outlooks: Sequence[DayOutlook] = ()  # chances to miss the target; none if the agents are unknown

    @property
    def sound(self) -> bool:
        """Whether it may be shown: forecasts so far were no worse than the mean of eight weekdays."""
        return self.score is None or not self.score.worse


def week_from(
    history: History,
    settings: Settings,
    kind: DeskKind,
    name: str,
    first: date,
    today: date,
    attendance: Attendance = NOBODY_KNOWN,
) -> ForecastWeek | None:
    """Forecast a week that begins on `first`, as of `today`; None for too short a past.

    All forecasts, also the scored ones, use the records of their first day alone. `attendance` has a line's usual
    agents: its days may then have an outlook.
    """
    desk = DeskPast(history, settings, kind, name)
    pasts = list(desk.as_known(first - timedelta(WEEK * weeks) for weeks in range(SCORED + 1)))
    came = desk.before(min(first + timedelta(WEEK), today))
    if came is None or not pasts or pasts[-1].day(len(pasts[-1])) != first:
        return None
    off = days_off(settings, came.first, first + timedelta(WEEK))
    place = (first - came.first).days
    totals = [None if np.isnan(each) else float(each) for each in came.totals[place : place + WEEK]]
    found = expect_calls(pasts[-1], WEEK, off)
    week = ForecastWeek(found.days, totals, score(came.until(place), pasts[:-1], off), off, found.weeks[0])
    if not attendance or kind != "lines" or week.score is None or week.score.worse:
        return week
    return week._replace(outlooks=outlooks(history, settings, name, found, attendance))
