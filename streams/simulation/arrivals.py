"""The arrival of calls: by season, weekday and hour, with random variation between days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from streams.simulation.dispersion import Floats
from streams.simulation.office import LineProfile

_HOUR = 3600.0


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
