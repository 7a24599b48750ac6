"""Calls expected on coming days: a negative binomial for each day and for each of its half-hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
from msgspec import Struct
from scipy.special import betainc, nbdtrik

from streams.forecast.day_profile import day_profiles, slot_dispersion
from streams.forecast.days_off import DaysOff
from streams.forecast.design import design
from streams.forecast.past import WEEK, Floats, Past
from streams.forecast.regression import regress

LEVELS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
LONGEST: Final = 1200  # days of the past
WIDEST: Final = 3.0  # covariance of logarithms of means; beyond it nothing is known anyway
NEGLIGIBLE: Final = 1e-3  # calls
UNSURE: Final = 15  # days: a past of as many has twice the dispersion, a longer one less


class Expected(Struct, frozen=True):
    """A count to come: negative binomial, a Poisson whose rate is gamma distributed."""

    mean: float
    variance: float  # of the rate, relative to the square of its mean


class ExpectedDay(Struct, frozen=True):
    """The calls expected on a day."""

    date: date
    total: Expected
    slots: tuple[Expected, ...]  # 48 half-hours; the day alone if the past has day totals


class ExpectedCalls(Struct, frozen=True):
    """The calls expected of one line."""

    days: tuple[ExpectedDay, ...]
    weeks: tuple[Expected, ...]  # of seven days each, from the first day on; without a rest of fewer days


def expect_calls(past: Past, ahead: int, off: DaysOff) -> ExpectedCalls:
    """Return the calls expected on the `ahead` days after the past."""
    past = Past(past.day(max(0, len(past) - LONGEST)), past.counts[-LONGEST:])
    known = len(past)
    plan = design(past.first, known, known + ahead, off, past.closed)
    levels = regress(plan, past.totals)
    profiles = day_profiles(past, plan.like[:known])
    within = slot_dispersion(past, plan.like[:known], profiles)
    dates = [past.day(place) for place in range(known, known + ahead)]
    means = np.where([day.weekday() in past.closed for day in dates], 0.0, levels.mean[known:])
    alone = levels.dispersion * (1 + UNSURE / known)  # of each day; the rest is shared
    variance = np.expm1(np.minimum(levels.covariance, WIDEST)) + np.eye(ahead) * alone
    days = []
    for place, day in enumerate(dates):
        total = Expected(float(means[place]), float(variance[place, place]))
        shares = profiles[plan.like[known + place]] * means[place]
        days.append(ExpectedDay(day, total, tuple(Expected(float(mean), total.variance + within) for mean in shares)))
    weeks = [
        _sum(means[start : start + WEEK], variance[start : start + WEEK, start : start + WEEK])
        for start in range(0, ahead - WEEK + 1, WEEK)
    ]
    return ExpectedCalls(tuple(days), tuple(weeks))


def _sum(means: Floats, variance: Floats) -> Expected:
    """Return the sum of days whose rates vary together."""
    total = float(means.sum())
    return Expected(total, float(means @ variance @ means) / total**2 if total else 0.0)


def quantiles(counts: Sequence[Expected]) -> list[list[int]]:
    """Return the quantiles of each count at `LEVELS`.

    >>> quantiles([Expected(4.0, 0.1), Expected(0.0, 0.1)])
    [[0, 1, 1, 2, 4, 5, 7, 8, 9], [0, 0, 0, 0, 0, 0, 0, 0, 0]]
    """
    mean = np.array([each.mean for each in counts])
    shape = 1 / np.maximum([each.variance for each in counts], 1e-9)
    chance = shape / (shape + np.maximum(mean, 1e-12))
    found = _quantile(np.array(LEVELS), shape[:, None], chance[:, None])
    found[mean < NEGLIGIBLE] = 0
    return [[int(value) for value in row] for row in found]


def _quantile(level: Floats, shape: Floats, chance: Floats) -> Floats:
    """Return the least counts at which the distribution function reaches `level`, as `scipy.stats.nbinom.ppf` does.

    A command that imports `scipy.stats` starts a second later.
    """
    found = np.ceil(nbdtrik(level, shape, chance))
    below = np.maximum(found - 1, 0)
    least: Floats = np.where(betainc(shape, below + 1, chance) >= level, below, found)
    return least
