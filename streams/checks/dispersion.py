"""Rates of many offices around a typical rate: how far each office is from it, and how much offices truly differ.

Offices truly differ, by their callers and their staff, so limits that allow for chance alone call most large offices
different (over-dispersion). The difference is modelled as additive: a variance between offices is added to the variance
by chance. A single factor on all limits would not fit both small and large offices if their calls range from tens to
hundreds of thousands (Spiegelhalter, Funnel plots for comparing institutional performance, 2005; Handling
over-dispersion of performance indicators, 2005). Both variances are of the rate's logit. Lost rates differ by factors
rather than by points, so on the scale of rates one or two ordinary offices a year would be surely worse, and none
surely better.

The score of an office without a difference between offices is minus the normal quantile of the probability, by
Jeffreys' posterior, that the office's own rate is below the typical rate; this probability is the exact binomial tail
with half of the count itself (mid-p). So the score is valid for ten calls as for a million, and at 1.96 Jeffreys'
interval touches the typical rate. The logit of the posterior's median, divided by this score, is the deviation by
chance, to which the deviation between offices is added.

The typical rate and the deviation are chosen so that the scores are centred and spread as those of offices that are
alike (Paule and Mandel, Consensus values and weighting factors, 1982). The scores are winsorised after Spiegelhalter,
so that truly different offices do not widen the limits that detect them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, logit, ndtri, xlogy

from streams.checks.bernoulli_cusum import raised

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = float | Sequence[float] | Floats  # of one office, or of each

WINSOR: Final = 0.1  # share of the scores that is drawn in, at each end
LEAST_OFFICES: Final = 5  # with fewer the difference between offices is unknown
_CLIP: Final = float(-ndtri(WINSOR))  # 1.28
# The mean square of a normal score after winsorising.
_WIDTH: Final = 1 - 2 * WINSOR - 2 * _CLIP * 0.17549833 + 2 * WINSOR * _CLIP**2
_MOST: Final = 4.0  # logits: the largest shift and spread
_ROUNDS: Final = 4  # in which the shift and the spread are fitted in turn
_STEPS: Final = 25  # halvings
_TAIL: Final = 1e-12  # scores of smaller tails are computed from the deviance


class Peers(NamedTuple):
    """How offices that are alike differ, on the logit scale."""

    shift: float = 0.0  # of a typical office from the common rate, which large offices dominate
    spread: float = 0.0  # standard deviation of the offices' own rates

    def typical(self, expected: float) -> float:
        """Return the rate of a typical office whose lines have this common rate, in (0, 1)."""
        return raised(expected, exp(self.shift))


ALIKE: Final = Peers()


class _Counted:
    def __init__(self, lost: Numbers, offered: Numbers) -> None:
        self._lost, self._offered = np.asarray(lost, float), np.asarray(offered, float)
        self._own = logit(betaincinv(self._lost + 0.5, self._kept + 0.5, 0.5))

    @property
    def _kept(self) -> Floats:
        return np.asarray(self._offered - self._lost)

    def beyond(self, expected: Numbers) -> Floats:
        """Return how far the offices' own rates are above the expected ones, in logits."""
        return np.asarray(self._own - logit(expected))

    def by_chance(self, expected: Numbers) -> Floats:
        """Return the scores if offices do not differ."""
        lost, kept = self._lost, self._kept
        is_above = lost > self._offered * expected
        hits, misses = lost + 0.5, kept + 0.5
        first, second = np.where(is_above, hits, misses), np.where(is_above, misses, hits)
        tail = betainc(first, second, np.where(is_above, expected, 1 - np.asarray(expected)))
        rate = lost / self._offered
        deviance = xlogy(lost, rate / expected) + xlogy(kept, (1 - rate) / (1 - np.asarray(expected)))
        far = np.sqrt(2 * np.maximum(0.0, deviance))
        size = np.where(tail > _TAIL, -ndtri(np.maximum(tail, _TAIL)), far)
        return np.asarray(np.where(is_above, size, -size))


def _combined(beyond: Floats, by_chance: Floats, spread: float) -> Floats:
    """Return scores that allow for a spread between offices beside chance."""
    sided = beyond * by_chance > 0
    deviation = np.divide(beyond, by_chance, out=np.ones_like(beyond), where=sided)
    return np.where(sided, beyond / np.hypot(deviation, spread), 0.0)


def score(lost: float, offered: float, expected: float, spread: float = 0.0) -> float:
    """Return how many standard deviations a rate is above the `expected` one, in (0, 1); 0 without calls.

    >>> round(score(60, 1000, 0.04), 2), round(score(60, 1000, 0.04, 0.4), 2), round(score(0, 20, 0.04), 2)
    (3.04, 1.01, -0.85)
    """
    return float(_scores(lost, offered, expected, spread)) if offered else 0.0


def _scores(lost: Numbers, offered: Numbers, expected: Numbers, spread: float) -> Floats:
    counted = _Counted(lost, offered)
    return _combined(counted.beyond(expected), counted.by_chance(expected), spread)


def peers(lost: Sequence[float], offered: Sequence[float], expected: Sequence[float]) -> Peers:
    """Return how offices differ; no spread if chance alone explains it, and nothing if there are few offices.

    >>> peers([40, 38, 43, 41, 39, 300], [1000] * 6, [0.04] * 6).spread
    0.0
    """
    every = np.array([each for each in zip(lost, offered, expected, strict=True) if each[1]])
    if len(every) < LEAST_OFFICES:
        return ALIKE
    counted, odds = _Counted(every[:, 0], every[:, 1]), every[:, 2] / (1 - every[:, 2])
    wanted = _WIDTH * (len(every) - 2) / len(every)  # because shift and spread are made from these offices

    def typical(shift: float) -> Floats:
        moved = odds * exp(shift)
        return np.asarray(moved / (1 + moved))

    def clipped(beyond: Floats, by_chance: Floats, spread: float) -> Floats:
        return np.clip(_combined(beyond, by_chance, spread), -_CLIP, _CLIP)

    shift = spread = 0.0
    for _ in range(_ROUNDS):

        def centre(shift: float, spread: float = spread) -> float:
            rates = typical(shift)
            return float(clipped(counted.beyond(rates), counted.by_chance(rates), spread).sum())

        shift = _zero(centre, -_MOST, _MOST)
        beyond, by_chance = counted.beyond(typical(shift)), counted.by_chance(typical(shift))

        def excess(spread: float, beyond: Floats = beyond, by_chance: Floats = by_chance) -> float:
            return float((clipped(beyond, by_chance, spread) ** 2).mean()) - wanted

        spread = _zero(excess, 0.0, _MOST)
    return Peers(shift, spread)


def _zero(falling: Callable[[float], float], low: float, high: float) -> float:
    """Return the zero of a falling function; the lower bound if the function is not above 0 there."""
    if falling(low) <= 0:
        return low
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return high


def limits_at(offered: Numbers, typical: float, spread: float, share: float) -> tuple[Floats, Floats]:
    """Return the rates between which this share of the offices lies if they are like the others, by their calls.

    >>> low, high = limits_at(1000, 0.04, 0.0, 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0283, 0.0526)
    """
    far = float(ndtri((1 + share) / 2))
    return _where(offered, typical, spread, -far), _where(offered, typical, spread, far)


def _where(offered: Numbers, typical: float, spread: float, wanted: float) -> Floats:
    """Return the rates that have a score; 0 or 1 if there is none."""
    calls = np.asarray(offered, float)
    low, high = (np.full_like(calls, each) for each in ((0.0, typical) if wanted < 0 else (typical, 1.0)))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        less = _scores(middle * calls, calls, typical, spread) < wanted
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return low if wanted < 0 else high
