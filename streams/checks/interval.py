"""The uncertainty of a share: Jeffreys' interval, Wilson's, and the exact one of Clopper and Pearson."""

from __future__ import annotations

from math import sqrt

from scipy.special import betaincinv, ndtri


def jeffreys(hits: float, trials: float, confidence: float = 0.95) -> tuple[float, float] | None:
    """Return the equal-tailed Jeffreys interval of a share, or None without trials.

    If trials are weighted, `trials` is their effective number. Brown, Cai and DasGupta, Interval estimation for a
    binomial proportion (2001).

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


def wilson(hits: int, trials: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Return the Wilson score interval of a share, or None without trials.

    Wilson, Probable inference, the law of succession, and statistical inference (1927). It is also valid for few
    answers, and for all or none, for which the usual interval has no width.

    >>> low, high = wilson(48, 50)
    >>> round(low, 4), round(high, 4)
    (0.8654, 0.989)
    """
    if not trials:
        return None
    z = float(ndtri((1 + confidence) / 2))
    share, more = hits / trials, z * z / trials
    middle = (share + more / 2) / (1 + more)
    reach = z / (1 + more) * sqrt((share * (1 - share) + more / 4) / trials)
    return (0.0 if hits == 0 else middle - reach, 1.0 if hits == trials else middle + reach)


def clopper_pearson(hits: int, trials: int, tail: float) -> tuple[float, float]:
    """Return the exact bounds of a share, each wrong with a probability of at most `tail`; 0 and 1 without trials.

    Clopper and Pearson, The use of confidence or fiducial limits illustrated in the case of the binomial (1934).

    >>> low, high = clopper_pearson(0, 98, 0.025)
    >>> low, round(high, 4)
    (0.0, 0.0369)
    """
    low = 0.0 if hits == 0 else float(betaincinv(hits, trials - hits + 1, tail))
    high = 1.0 if hits == trials else float(betaincinv(hits + 1, trials - hits, 1 - tail))
    return low, high
