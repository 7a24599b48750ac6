"""The columns of the regression of day totals, and how far each may go from its prior mean.

The logarithm of a day's mean is the sum of an intercept, a weekday's effect, a level that walks from week to week, the
position in the month, the calendar, and the season once a year has passed. Ibrahim, Ye, L'Ecuyer and Shen (2016) list
these effects of call arrivals; Channouf et al. (2007) model the day first, then spread it over its hours. A penalty is
a normal prior, so an effect that the data cannot show stays near its mean.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from streams.forecast.days_off import DaysOff, Kind
from streams.forecast.past import WEEK, Floats, weekdays

# Standard deviations of effects on the logarithm, and widths in days: measured by `make bench-forecast`.
WEEKDAY: Final = 2.0
WALK: Final = 0.05  # of the level, from one week to the next
RECENT: Final = 182  # days with a knot of the level each week; before them each fourth
OLDER_KNOT: Final = 28
LEVEL: Final = 0.5  # of the level around the intercept
FADING: Final = 0.97  # of the level's distance from the intercept, a day after the last one known
MONTH: Final = 0.08
MONTH_KNOT: Final = 3
HOLIDAY: Final = 0.5  # of all holidays, around the rest day
HOLIDAY_CLOSED: Final = (-3.0, 1.5)  # mean and deviation, if the office is closed on the rest day
HOLIDAY_NAME: Final = 0.35  # of one holiday around all
BESIDE: Final = {Kind.EVE: 0.35, Kind.AFTER: 0.25, Kind.SECOND_AFTER: 0.15}
BESIDE_NAME: Final = {Kind.EVE: 0.2, Kind.AFTER: 0.2}  # of the days beside one holiday around those beside all
SEASON_KNOTS: Final = 26
SEASON_STEP: Final = 0.08  # from one knot to the next
SEASON: Final = 0.3
SEASON_FROM: Final = 400  # days of the past


class Design(Struct, frozen=True, kw_only=True):
    """The columns of each day and the normal prior of their coefficients."""

    known: int  # days of the past; the others come after it
    columns: Floats  # days by columns
    precision: Floats  # columns by columns
    mean: Floats  # of each column's coefficient
    added: Floats  # covariance of coming days' log means that no column has: the level walks on
    like: list[int]  # the weekday that each day is like: a holiday is like the rest day


class _Columns:
    """Columns that are being put together."""

    def __init__(self) -> None:
        self.blocks: list[Floats] = []
        self.priors: list[Floats] = []
        self.means: list[float] = []

    def add(self, block: Floats, precision: Floats, mean: float = 0.0) -> None:
        self.blocks.append(block)
        self.priors.append(precision)
        self.means += [mean] * block.shape[1]

    def free(self, block: Floats, deviation: float, mean: float = 0.0) -> None:
        """Add columns with independent priors."""
        self.add(block, np.eye(block.shape[1]) / deviation**2, mean)

    def precision(self) -> Floats:
        size = sum(map(len, self.priors))
        whole, at = np.zeros((size, size)), 0
        for prior in self.priors:
            whole[at : at + len(prior), at : at + len(prior)] = prior
            at += len(prior)
        return whole


def design(first: date, known: int, days: int, off: DaysOff, closed: frozenset[int]) -> Design:
    """Return the design of `days` consecutive days; the first `known` are the past."""
    dates = [first + timedelta(place) for place in range(days)]
    kinds = np.array(off.kinds(dates))
    like = weekdays(first, days)
    if off.rest not in closed:
        like = np.where(kinds == Kind.HOLIDAY, off.rest, like)
    columns = _Columns()
    columns.add(np.ones((days, 1)), np.zeros((1, 1)))
    columns.free(np.eye(WEEK)[like], WEEKDAY)
    columns.add(*_level(known, days))
    knots = np.arange(1, 32, MONTH_KNOT)
    position = np.array([day.day for day in dates], dtype=float)
    columns.free(np.maximum(0, 1 - np.abs(position[:, None] - knots) / MONTH_KNOT), MONTH)
    if off.names:
        names = [off.beside(day) for day in dates]
        mean, deviation = HOLIDAY_CLOSED if off.rest in closed else (0.0, HOLIDAY)
        columns.free((kinds == Kind.HOLIDAY).astype(float)[:, None], deviation, mean)
        _add_each(columns, names, kinds == Kind.HOLIDAY, HOLIDAY_NAME)
        for kind, deviation in BESIDE.items():
            columns.free((kinds == kind).astype(float)[:, None], deviation)
        for kind, deviation in BESIDE_NAME.items():
            _add_each(columns, names, kinds == kind, deviation)
    if known > SEASON_FROM:
        columns.add(*_season(dates))
    ahead = np.arange(1, days - known + 1)
    return Design(
        known=known,
        columns=np.hstack(columns.blocks),
        precision=columns.precision(),
        mean=np.array(columns.means),
        added=WALK**2 / WEEK * np.minimum(ahead[:, None], ahead),
        like=like.tolist(),
    )


def _level(known: int, days: int) -> tuple[Floats, Floats]:
    """Return a level that is linear between knots; after the past it stays, and fades to the intercept."""
    recent = np.arange(known - 1, max(known - 1 - RECENT, 0) - 1, -WEEK)
    older = np.arange(recent[-1], -OLDER_KNOT, -OLDER_KNOT)[1:]
    knots = np.concatenate([recent, older])[::-1].astype(float)
    if len(knots) == 1:
        knots = np.array([knots[0] - WEEK, knots[0]])
    place = np.arange(days)
    at = np.interp(np.minimum(place, known - 1), knots, np.arange(len(knots)))
    block = _between(at, len(knots)) * (FADING ** np.maximum(place - (known - 1), 0))[:, None]
    steps = np.diff(np.eye(len(knots)), axis=0) / (WALK * np.sqrt(np.diff(knots) / WEEK))[:, None]
    return block, steps.T @ steps + np.eye(len(knots)) / LEVEL**2


def _season(dates: list[date]) -> tuple[Floats, Floats]:
    """Return the position in the year, linear between knots on a circle."""
    at = np.array([day.timetuple().tm_yday for day in dates]) / 366 * SEASON_KNOTS
    block = _between(at, SEASON_KNOTS + 1)
    block[:, 0] += block[:, -1]
    steps = np.roll(np.eye(SEASON_KNOTS), 1, axis=1) - np.eye(SEASON_KNOTS)
    return block[:, :-1], steps.T @ steps / SEASON_STEP**2 + np.eye(SEASON_KNOTS) / SEASON**2


def _between(at: Floats, size: int) -> Floats:
    """Return each position as weights of its two neighbouring knots.

    >>> _between(np.array([0.25]), 3)
    array([[0.75, 0.25, 0.  ]])
    """
    knot = np.minimum(at.astype(int), size - 2)
    block = np.zeros((len(at), size))
    row = np.arange(len(at))
    block[row, knot] = 1 - (at - knot)
    block[row, knot + 1] += at - knot
    return block


def _add_each(columns: _Columns, names: list[str], days: NDArray[np.bool_], deviation: float) -> None:
    """Add an effect for each name of some days: a new name has the variance of its prior."""
    own = np.array(names)
    for name in sorted(set(own[days])):
        columns.free(((own == name) & days).astype(float)[:, None], deviation)
