"""Scores of forecasts of a week, each made from the days before it alone, beside the mean of eight weekdays.

The pinball is the mean quantile score (Koenker and Bassett 1978): the lower, the better, in calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.forecast.days_off import DaysOff
from streams.forecast.expected import LEVELS, NEGLIGIBLE, Expected, ExpectedDay, expect_calls, quantiles
from streams.forecast.past import WEEK, Floats, Past

QUIET: Final = 0.02  # of the busiest half-hour of the days before: quieter ones are not scored
EIGHT: Final = 8  # weekdays of the seasonal mean
LEAST, MOST = 1 / 400, 1 / 2  # spread of the eight weekdays
LEAST_SCORED: Final = 20  # days; fewer give no score
KEPT: Final = 4096  # most weeks kept, of some 3 kB each
_scored: Final[dict[tuple[object, ...], tuple[list[ScoredDay], list[ScoredDay]]]] = {}  # by all that a week depends on


class ScoredDay(NamedTuple):
    """A day that was forecast, and came."""

    date: date
    came: float  # calls
    expected: float  # calls
    pinball: float  # mean over half-hours, or of the day if only days are known
    held: float  # share of half-hours within the 95 % interval
    day_held: bool


class Score(NamedTuple):
    """The score of past forecasts of a line, over days that the line was not sure to be closed."""

    days: int
    pinball: float
    usual: float  # pinball of the mean of eight weekdays
    days_held: float  # share of days within the 95 % interval

    @property
    def worse(self) -> bool:
        """Whether the mean of eight weekdays was better."""
        return self.pinball > self.usual


def score(came: Past, befores: Iterable[Past], off: DaysOff) -> Score | None:
    """Return the score of the weeks after each past in `befores`; None if too few days are known.

    `came` has the calls that came, from the same first day on. A week is scored once in a process: its figures are
    shown in several languages and files, and it is one of the weeks before several others.
    """
    days_off = frozenset(off.names.items()), off.weekend
    ours: list[ScoredDay] = []
    theirs: list[ScoredDay] = []
    for before in befores:
        place = _place(came, before)
        told = blake2b(before.counts.tobytes() + came.counts[place : place + WEEK].tobytes()).digest()
        key = before.first, before.counts.shape, told, days_off
        if (week := _scored.get(key)) is None:
            if len(_scored) >= KEPT:
                _scored.clear()
            week = _scored[key] = _scored_week(came, before, off)
        ours += week[0]
        theirs += week[1]
    if len(ours) < LEAST_SCORED:
        return None
    pinballs = [float(np.mean([each.pinball for each in found])) for found in (ours, theirs)]
    return Score(len(ours), pinballs[0], pinballs[1], float(np.mean([each.day_held for each in ours])))


def _scored_week(came: Past, before: Past, off: DaysOff) -> tuple[list[ScoredDay], list[ScoredDay]]:
    """Return the scored days of the week after a past, forecast here and by the mean of eight weekdays."""
    expected = expect_calls(before, WEEK, off).days
    sure = {day.date for day in expected if day.total.mean < NEGLIGIBLE}
    ours, theirs = (
        [each for each in scored_days(came, before, days) if each.came or each.date not in sure]
        for days in (expected, eight_weekdays(before))
    )
    return ours, theirs


def _place(came: Past, before: Past) -> int:
    """Return the place of the first day after a past."""
    return (before.first - came.first).days + len(before)


def scored_days(came: Past, before: Past, days: Sequence[ExpectedDay]) -> Iterator[ScoredDay]:
    """Yield the days of a forecast after a past, without those whose calls are unknown."""
    mean = np.nanmean(before.counts[~np.isnan(before.totals)], axis=0)
    busy = mean > QUIET * mean.max()
    scored = np.flatnonzero(busy)
    counts = [each for day in days for each in (day.total, *(day.slots[slot] for slot in scored))]
    every = np.array(quantiles(counts)).reshape(len(days), -1, len(LEVELS))
    for place, (day, levels) in enumerate(zip(days, every, strict=True), _place(came, before)):
        if place >= len(came) or np.isnan(came.counts[place]).any():
            continue
        calls = came.counts[place]
        total = np.array([calls.sum()])
        yield ScoredDay(
            day.date,
            float(total[0]),
            day.total.mean,
            pinball(calls[busy], levels[1:]),
            float(within(calls[busy], levels[1:]).mean()),
            bool(within(total, levels[:1])[0]),
        )


def eight_weekdays(past: Past) -> list[ExpectedDay]:
    """Return the mean of the last eight of the same weekday, with a gamma spread by moments."""
    found = []
    for ahead in range(WEEK):
        day = past.day(len(past) + ahead)
        same = past.counts[(past.weekdays == day.weekday()) & ~np.isnan(past.totals)][-EIGHT:]
        if not len(same):
            same = np.zeros((1, past.slots))
        mean, totals = same.mean(axis=0), same.sum(axis=1)
        excess = totals.var(ddof=1) - totals.mean() if len(totals) > 1 else 0.0
        spread = float(np.clip(excess / max(totals.mean() ** 2, 1e-9), LEAST, MOST))
        slots = tuple(Expected(float(each), spread) for each in mean)
        found.append(ExpectedDay(day, Expected(float(totals.mean()), spread), slots))
    return found


def pinball(calls: Floats, levels: Floats) -> float:
    """Return the mean quantile score of counts by their quantiles at `LEVELS`.

    >>> pinball(np.array([3.0]), np.full((1, 9), 3.0))
    0.0
    """
    over = calls[:, None] - levels
    return float(np.maximum(np.array(LEVELS) * over, (np.array(LEVELS) - 1) * over).mean())


def within(calls: Floats, levels: Floats) -> NDArray[np.bool_]:
    held: NDArray[np.bool_] = (levels[:, 0] <= calls) & (calls <= levels[:, -1])
    return held
