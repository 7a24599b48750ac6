"""Counts of a made-up line, for the tests of the forecast."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from streams.forecast.days_off import DaysOff
from streams.forecast.past import Floats

MONDAY = date(2013, 1, 7)
WEEK = np.array([120.0, 100, 100, 90, 80, 0, 0])
HOURS = np.where((np.arange(48) >= 17) & (np.arange(48) < 34), 1 / 17, 0.0)
FRENCH = DaysOff(
    {
        date(2013, 1, 1): "1",
        date(2013, 4, 1): "2",
        date(2013, 5, 1): "3",
        date(2013, 5, 8): "4",
        date(2013, 5, 9): "5",
        date(2013, 5, 20): "6",
        date(2013, 7, 14): "7",
        date(2013, 8, 15): "8",
    },
    country="FR",
)


def half_hours(days: int, seed: int = 1, off: DaysOff | None = None, spread: float = 0.02) -> Floats:
    """Return days by half-hours: a Poisson count whose rate varies by day, none on holidays."""
    random = np.random.default_rng(seed)
    dates = [MONDAY + timedelta(place) for place in range(days)]
    mean = np.array([0 if off and day in off.names else WEEK[day.weekday()] for day in dates])
    rates = mean * random.gamma(1 / spread, spread, days)
    return random.poisson(rates[:, None] * HOURS).astype(float)
