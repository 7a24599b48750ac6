"""The arrival of calls: by season, weekday and hour, with random variation between days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from streams.simulation.office import LineProfile

Floats: TypeAlias = NDArray[np.float64]
_HOUR = 3600.0


def icc(lost: ArrayLike, offered: ArrayLike, squares: ArrayLike | None = None) -> float:
    """Return the intraclass correlation of losses by day: 0 if days only differ by chance.

    `lost` and `offered` are counts by day. If `lost` is expected rather than counted, `squares` are its expected
    squares. The estimator is the one of the analysis of variance (Ridout, Demetrio and Firth, 1999).

    >>> round(icc([0, 10, 0, 10], [10, 10, 10, 10]), 3)
    1.0
    """
    k, n = np.asarray(lost, np.float64), np.asarray(offered, np.float64)
    called = n > 0
    square = (k**2 if squares is None else np.asarray(squares, np.float64))[called]
    k, n = k[called], n[called]
    days, calls = len(n), n.sum()
    if days < 2 or calls <= days:  # noqa: PLR2004 -- a variance between days takes two
        raise ValueError("an intraclass correlation takes two days and more calls than days")
    between = (np.sum(square / n) - k.sum() ** 2 / calls) / (days - 1)
    within = (k.sum() - np.sum(square / n)) / (calls - days)
    size = (calls - np.sum(n**2) / calls) / (days - 1)
    whole = between + (size - 1) * within
    return float((between - within) / whole) if whole > 0 else 0.0


def level(profile: LineProfile, day: date) -> float:
    """Return a day's calls relative to a usual day's."""
    return profile.weekdays[day.weekday()] * profile.months[day.month - 1]


class Shape:
    """The distribution of a line's calls over a day's opening stretches, in seconds since midnight."""

    def __init__(self, hours: Sequence[float], stretches: Sequence[tuple[float, float]]) -> None:
        moments: list[float] = []
        weights: list[float] = []
        weight = 0.0
        for opens, closes in stretches:
            moments.append(opens)
            weights.append(weight)
            full = range(int(opens // _HOUR) + 1, int(-(-closes // _HOUR)))
            for start, end in pairwise([opens, *(hour * _HOUR for hour in full), closes]):
                weight += (end - start) * hours[int(start // _HOUR) % 24]
                moments.append(end)
                weights.append(weight)
        self._moments = np.array(moments)
        self._weights = np.array(weights)

    @property
    def weight(self) -> float:
        """The relative number of calls on a day of this shape, to compare days with different hours."""
        return float(self._weights[-1])

    def moments(self, uniform: Floats) -> Floats:
        """Return moments of calls, in seconds since midnight, for numbers from 0 to 1."""
        spread: Floats = np.interp(uniform * self.weight, self._weights, self._moments)
        return spread
