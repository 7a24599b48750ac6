"""Scores of a rolling forecast: each week from the days before it alone, beside the mean of eight weekdays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.forecast.sets import Line
from streams.forecast.country import likely_days_off
from streams.forecast.days_off import DaysOff, Kind
from streams.forecast.expected import LEVELS, Expected, ExpectedDay, expect_calls, quantiles
from streams.forecast.past import WEEK, Floats, Past

QUIET: Final = 0.02  # of the busiest half-hour of the days before: quieter ones are not scored
LEAST, MOST = 1 / 400, 1 / 2  # spread of the eight weekdays


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


def eight_weekdays(past: Past) -> list[ExpectedDay]:
    """Return the mean of the last eight of the same weekday, with a gamma spread by moments."""
    found = []
    for ahead in range(WEEK):
        day = past.day(len(past) + ahead)
        same = past.counts[past.weekdays == day.weekday()]
        same = same[~np.isnan(same[:, 0])][-8:]
        mean, totals = same.mean(axis=0), same.sum(axis=1)
        excess = totals.var(ddof=1) - totals.mean() if len(totals) > 1 else 0.0
        spread = float(np.clip(excess / max(totals.mean() ** 2, 1e-9), LEAST, MOST))
        slots = tuple(Expected(float(each), spread) for each in mean)
        found.append(ExpectedDay(day, Expected(float(totals.mean()), spread), slots))
    return found


def score(line: Line, method: Method, origin: int, holidays: DaysOff) -> Scores:
    """Return the scores of a method, asked each week from a place on; `holidays` only mark scored days."""
    pinballs, held, off, came, days_held, beside = [], [], [], [], [], []
    past = line.past
    for known in range(origin, len(past) - WEEK + 1, WEEK):
        before = past.until(known)
        mean = np.nanmean(before.counts, axis=0)
        scored = mean > QUIET * mean.max()
        days = method(before)
        counts = [each for day in days for each in (day.total, *day.slots)]
        every = np.array(quantiles(counts)).reshape(len(days), -1, len(LEVELS))
        for place, (day, levels) in enumerate(zip(days, every, strict=True)):
            calls = past.counts[known + place]
            if day.date.weekday() not in line.weekdays or np.isnan(calls).any():
                continue
            pinballs.append(pinball(calls[scored], levels[1:][scored]))
            held.append(within(calls[scored], levels[1:][scored]).mean())
            total = float(calls.sum())
            off.append(abs(total - day.total.mean))
            came.append(total)
            days_held.append(bool(within(np.array([total]), levels[:1])[0]))
            if is_beside(day.date, holidays):
                beside.append(days_held[-1])
    return Scores(
        float(np.mean(pinballs)),
        float(np.mean(held)),
        sum(off) / sum(came),
        float(np.mean(days_held)),
        float(np.mean(beside)) if beside else None,
        len(came),
    )


def is_beside(day: date, holidays: DaysOff) -> bool:
    return holidays.kind(day) in {Kind.HOLIDAY, Kind.AFTER}


def pinball(calls: Floats, levels: Floats) -> float:
    """Return the mean quantile score of counts by their quantiles at `LEVELS` (Koenker and Bassett 1978)."""
    over = calls[:, None] - levels
    return float(np.maximum(np.array(LEVELS) * over, (np.array(LEVELS) - 1) * over).mean())


def within(calls: Floats, levels: Floats) -> NDArray[np.bool_]:
    held: NDArray[np.bool_] = (levels[:, 0] <= calls) & (calls <= levels[:, -1])
    return held
