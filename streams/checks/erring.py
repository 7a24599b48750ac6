"""The share of wrong cases in a sample, judged by persons who err themselves.

Gaba and Winkler, Implications of errors in survey data: a Bayesian model (1992).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import betaincinv, betaln

ERRORS: Final = (1.0, 19.0)  # Beta law of the share of answers that are wrong: 5 % on average
TAIL: Final = 0.025
LEAST: Final = 0.01  # cases; a Beta law needs some of each sort


def share_law(wrong: int, right: int, before: float) -> tuple[float, float]:
    """Return the mean and the variance of the share of wrong cases, given how many a person called wrong and right.

    `before` is the mean without answers; it weighs as much as one case. Some of the cases called wrong may be right,
    and some of those called right may be wrong: each pair of such numbers has a probability, and gives a Beta law.

    >>> mean, variance = share_law(4, 1, 0.5)
    >>> round(mean, 3), round(variance**0.5, 3)
    (0.782, 0.179)
    """
    told = wrong + right
    found, missed = np.arange(wrong + 1)[:, None], np.arange(right + 1)
    cases, errors = found + missed, wrong - found + missed
    nats = (
        betaln(before + cases, 1 - before + told - cases)
        + betaln(ERRORS[0] + errors, ERRORS[1] + told - errors)
        - betaln(found + 1, wrong - found + 1)
        - betaln(missed + 1, right - missed + 1)
    )
    likely = np.exp(nats - nats.max())
    likely /= likely.sum()
    mean = (before + cases) / (1 + told)
    square = mean * (before + cases + 1) / (2 + told)
    share = float((likely * mean).sum())
    return share, float((likely * square).sum()) - share**2


def beta_bounds(share: float, cases: float) -> tuple[float, float]:
    """Return the 95 % bounds of a share by the Beta law of this mean and weight; the share itself without cases.

    >>> low, high = beta_bounds(0.9, 40)
    >>> round(low, 3), round(high, 3), beta_bounds(0.0, 0.0)
    (0.791, 0.971, (0.0, 0.0))
    """
    if not cases:
        return share, share
    low, high = betaincinv(max(LEAST, share * cases), max(LEAST, (1 - share) * cases), (TAIL, 1 - TAIL))
    return float(low), float(high)
