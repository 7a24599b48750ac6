"""The busiest quarter of an hour compared with the mean one, by simulated arrivals in opening hours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np

from config.settings import Settings
from streams.simulation.arrivals import Shape
from streams.simulation.chance import draws
from streams.simulation.office import CALLS_BY_HOUR, CALLS_BY_MONTH, CALLS_BY_WEEKDAY

YEAR: Final = 2025
QUARTER: Final = 900.0  # s


class Peaks(NamedTuple):
    """The busiest quarters of an hour, each divided by the mean quarter of the opening hours of the year."""

    a_day: float  # calls of the mean opening day
    usual_day: float  # the busiest quarter of the median day
    monday: float  # of the median Monday
    first_day: float  # of the first opening day of the median month, with `first_of_month` times the calls
    year: float  # of the year
    over_all_hours: float  # of the year, over the mean quarter of day and night


def peaks(offices: int, calls_a_day: float, first_of_month: float) -> Peaks:
    """Return the peaks of offices in one time zone, with the given calls on a usual day.

    The first opening day of a month has `first_of_month` times as many calls.
    """
    calendar = Settings(site="office").calendar()
    by_day: dict[date, np.ndarray[tuple[int], np.dtype[np.int64]]] = {}
    first_days: set[date] = set()
    for number in range(365):
        day = date(YEAR, 1, 1) + timedelta(number)
        start, _ = calendar.day_bounds(day)
        opened = calendar.open_intervals(day)
        if not opened:
            continue
        first = not any(each.month == day.month for each in by_day)
        factor = first_of_month if first else 1.0
        first_days |= {day} if first else set()
        shape = Shape(CALLS_BY_HOUR, [(opens - start, closes - start) for opens, closes in opened])
        many = offices * calls_a_day * factor * CALLS_BY_WEEKDAY[day.weekday()] * CALLS_BY_MONTH[day.month - 1]
        random = draws("peak", offices, day)
        moments = shape.moments(random.random(random.poisson(many)))
        by_day[day] = np.bincount((moments // QUARTER).astype(int), minlength=96)
    total = sum(int(each.sum()) for each in by_day.values())
    open_quarters = sum((closes - opens) / QUARTER for day in by_day for opens, closes in calendar.open_intervals(day))
    mean = total / open_quarters

    def median(days: list[date]) -> float:
        return float(np.median([by_day[day].max() for day in days])) / mean

    return Peaks(
        a_day=total / len(by_day),
        usual_day=median(list(by_day)),
        monday=median([day for day in by_day if day.weekday() == 0]),
        first_day=median(sorted(first_days)),
        year=max(int(each.max()) for each in by_day.values()) / mean,
        over_all_hours=max(int(each.max()) for each in by_day.values()) / (total / (365 * 96)),
    )
