"""Shortfall: detects that far fewer calls come than usual, though some still do, as when the far end of a trunk fails.

The number of a day's calls follows a Poisson law whose mean varies between days by a gamma law, so counts follow a
negative binomial (Greenwood and Yule 1920). The other calls of the same day say how busy the day is: after `others` of
`others_expected` calls, the gamma law is updated, and a quiet day no longer explains that few come within some hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import NamedTuple

from msgspec import Struct
from scipy.special import betainc

FALL = 0.3  # share of the usual calls at most, of a stretch that is looked for
LEAST = 1e-300


class Arrived(NamedTuple):
    """The calls of a stretch beside the expected ones."""

    came: float
    expected: float

    def over(self, dispersion: float) -> Arrived:
        """Return as many independent calls as these are worth, if their variance is their mean times a dispersion."""
        return Arrived(self.came / dispersion, self.expected / dispersion)


def log_chance(seen: Arrived, others: Arrived, spread: float, spread_within: float) -> float:
    """Return the log-probability that so few calls come, given the `others` of the day.

    `spread` is the variance of a day's calls over their mean squared; `spread_within` is the same for some hours of it.

    >>> [round(log_chance(Arrived(4, 50), others, 0.12, 0.0), 1) for others in (Arrived(0, 0), Arrived(28, 28))]
    [-10.4, -22.1]
    """
    shape, rate = 1 / spread + others.came, 1 / spread + others.expected
    mean = seen.expected * shape / rate
    shape = 1 / (1 / shape + spread_within)
    return log(max(LEAST, float(betainc(shape, seen.came + 1, shape / (shape + mean)))))


def lowest(came: Sequence[int], expected: Sequence[float]) -> tuple[int, int]:
    """Return the stretch (first and end index) that looks most like a fall to `FALL` (Kadane's scan).

    >>> lowest([3, 2, 0, 1, 0, 3, 4], [3.0] * 7)
    (2, 5)
    """
    best, found, total, first = 0.0, (0, 0), 0.0, 0
    for index, (calls, mean) in enumerate(zip(came, expected, strict=True)):
        if total <= 0:
            total, first = 0.0, index
        total += (1 - FALL) * mean + calls * log(FALL)
        if total > best:
            best, found = total, (first, index + 1)
    return found


class LowDays(Struct, array_like=True):
    """A run of days that have far fewer calls than usual."""

    since: int = 0  # epoch ms
    days: int = 0
    came: float = 0.0
    expected: float = 0.0
    score: float = 0.0  # nats: minus the log-chance of each day
    level: float = 1.0  # of the calls before the run, beside the usual ones

    def add(self, came: float, expected: float, score: float) -> None:
        self.days += 1
        self.came += came
        self.expected += expected
        self.score += score

    def forget(self) -> None:
        self.since = self.days = 0
        self.came = self.expected = self.score = 0.0
