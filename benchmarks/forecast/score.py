"""Scores of a rolling forecast: each week from the days before it alone, beside the mean of eight weekdays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from benchmarks.forecast.sets import Line
from streams.forecast.country import likely_days_off
from streams.forecast.days_off import DaysOff, Kind
from streams.forecast.expected import ExpectedDay, expect_calls
from streams.forecast.past import WEEK, Past
from streams.forecast.score import ScoredDay, scored_days


class Scores(NamedTuple):
    """What a forecast of a line reached; shares are None of nothing."""

    pinball: float  # mean over quantiles and half-hours (or days), calls
    held: float  # share of half-hours within the 95 % interval
    wape: float  # of day totals
    days_held: float
    beside_held: float | None  # share of holidays and the days after them
    days: int


Method = Callable[[Past], Sequence[ExpectedDay]]


def model(off: DaysOff | None, countries: Sequence[DaysOff]) -> Method:
    """Return Tocsin's forecast; without `off` it infers the country from the past alone."""
    return lambda past: expect_calls(past, WEEK, off or likely_days_off([past], countries, WEEK)).days


def score(line: Line, method: Method, origin: int, holidays: DaysOff) -> Scores:
    """Return the scores of a method, asked each week from a place on; `holidays` only mark scored days."""
    found: list[ScoredDay] = []
    for known in range(origin, len(line.past) - WEEK + 1, WEEK):
        before = line.past.until(known)
        found += scored_days(line.past, before, method(before))
    found = [each for each in found if each.date.weekday() in line.weekdays]
    beside = [each.day_held for each in found if is_beside(each.date, holidays)]
    return Scores(
        float(np.mean([each.pinball for each in found])),
        float(np.mean([each.held for each in found])),
        sum(abs(each.came - each.expected) for each in found) / sum(each.came for each in found),
        float(np.mean([each.day_held for each in found])),
        float(np.mean(beside)) if beside else None,
        len(found),
    )


def is_beside(day: date, holidays: DaysOff) -> bool:
    return holidays.kind(day) in {Kind.HOLIDAY, Kind.AFTER}
