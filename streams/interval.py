"""The uncertainty of a share: Jeffreys' interval."""

from __future__ import annotations

from scipy.special import betaincinv


def jeffreys(hits: float, trials: float, confidence: float = 0.95) -> tuple[float, float] | None:
    """Return the equal-tailed Jeffreys interval of a share, or None without trials (the effective number, if weighted).

    Brown, Cai and DasGupta, Interval estimation for a binomial proportion (2001).

    >>> low, high = jeffreys(13, 108)
    >>> round(low, 4), round(high, 4)
    (0.0692, 0.1916)
    """
    if not trials:
        return None
    tail = (1 - confidence) / 2
    a, b = hits + 0.5, trials - hits + 0.5
    low = 0.0 if hits == 0 else float(betaincinv(a, b, tail))
    high = 1.0 if hits == trials else float(betaincinv(a, b, 1 - tail))
    return low, high
