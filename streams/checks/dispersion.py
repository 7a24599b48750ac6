"""Rates of many offices around a common rate: how far each office is from it, and how much offices truly differ.

Offices truly differ, by their callers and their staff, so limits that allow for chance alone call most large offices
different (over-dispersion). The difference is modelled as additive: a variance between offices is added to the variance
by chance. A single factor on all limits would not fit both small and large offices if their calls range from tens to
hundreds of thousands (Spiegelhalter, Funnel plots for comparing institutional performance, 2005; Handling
over-dispersion of performance indicators, 2005). The variance between offices is expressed as the correlation
`rho` of the calls of one office: n calls are as informative as n / (1 + (n - 1) rho) independent ones (Kish), so the
variance is about rate (1 - rate) (1/n + rho), and no limit is outside 0 to 1.

The score of an office that is like the others is normal. It is minus the normal quantile of the probability, by
Jeffreys' posterior at that number of calls, that the office's own rate is below the common rate; this probability is
the exact binomial tail with half of the count itself (mid-p). So the score is valid for ten calls as for a million, and
at 1.96 Jeffreys' interval touches the common rate.

`rho` is chosen so that the scores spread as widely as those of offices that are alike (Paule and Mandel, Consensus
values and weighting factors, 1982). The scores are winsorised after Spiegelhalter, so that truly different offices do
not widen the limits that detect them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt
from typing import Final

from scipy.special import betainc, betaincc, ndtr, ndtri

from streams.checks.beta_binomial import effective

WINSOR: Final = 0.1  # share of the scores that is drawn in, at each end
LEAST_OFFICES: Final = 5  # with fewer the difference between offices is unknown
_CLIP: Final = float(-ndtri(WINSOR))  # 1.28
# The mean square of a normal score after winsorising.
_WIDTH: Final = 1 - 2 * WINSOR - 2 * _CLIP * 0.17549833 + 2 * WINSOR * _CLIP**2
_MOST_RHO: Final = 0.5
_STEPS: Final = 40  # halvings
_TAIL: Final = 1e-12  # scores of smaller tails are computed from the deviance


def score(lost: float, offered: float, expected: float, rho: float = 0.0) -> float:
    """Return how many standard deviations a rate is above the `expected` one, in (0, 1); 0 without calls.

    >>> round(score(60, 1000, 0.04), 2), round(score(60, 1000, 0.04, 0.01), 2), round(score(0, 20, 0.04), 2)
    (3.04, 0.99, -0.85)
    """
    if not offered:
        return 0.0
    calls = effective(offered, 1, rho)
    hits = lost * calls / offered
    is_above = hits > calls * expected
    tail = float((betainc if is_above else betaincc)(hits + 0.5, calls - hits + 0.5, expected))
    if tail > _TAIL:
        return -float(ndtri(tail)) if is_above else float(ndtri(tail))
    return _deviance(hits / calls, calls, expected)


def _deviance(rate: float, calls: float, expected: float) -> float:
    """Return the signed root of the deviance: the score of a rate that is far off."""
    told = sum(share * log(share / other) for share, other in ((rate, expected), (1 - rate, 1 - expected)) if share > 0)
    return sqrt(2 * calls * max(0.0, told)) * (1 if rate > expected else -1)


def between_offices(lost: Sequence[float], offered: Sequence[float], expected: Sequence[float]) -> float:
    """Return `rho`, the difference of offices beyond chance; 0 if chance alone explains it, or there are few offices.

    >>> between_offices([40, 38, 43, 41, 39, 300], [1000] * 6, [0.04] * 6)
    0.0
    """
    every = [each for each in zip(lost, offered, expected, strict=True) if each[1]]
    if len(every) < LEAST_OFFICES:
        return 0.0
    wanted = _WIDTH * (len(every) - 1) / len(every)  # because the common rate is made from these offices

    def width(rho: float) -> float:
        scores = (score(*each, rho) for each in every)
        return sum(min(each * each, _CLIP**2) for each in scores) / len(every)

    low, high = 0.0, _MOST_RHO
    if width(low) <= wanted:
        return 0.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if width(middle) > wanted else (low, middle)
    return high


def limits_at(offered: float, expected: float, rho: float, share: float) -> tuple[float, float]:
    """Return the rates between which this share of the offices lies if they are like the others.

    >>> low, high = limits_at(1000, 0.04, 0.0, 0.95)
    >>> round(low, 4), round(high, 4)
    (0.0283, 0.0526)
    """
    far = float(ndtri((1 + share) / 2))
    return _where(offered, expected, rho, -far), _where(offered, expected, rho, far)


def _where(offered: float, expected: float, rho: float, wanted: float) -> float:
    """Return the rate that has a score; 0 or 1 if there is none."""
    low, high = (0.0, expected) if wanted < 0 else (expected, 1.0)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if score(middle * offered, offered, expected, rho) < wanted else (low, middle)
    return low if wanted < 0 else high


def chance(z: float) -> float:
    """Return the two-sided probability of a score at least this far from 0.

    >>> round(chance(1.96), 3)
    0.05
    """
    return 2 * float(ndtr(-abs(z)))
