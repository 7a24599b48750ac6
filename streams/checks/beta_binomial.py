"""The beta-binomial day: what a day's losses say, though days differ by more than chance.

On an odd day all calls are lost more often, so calls of one day resemble each other (intraclass
correlation `rho`; about .036 in real bank calls). A day's lost calls are then beta-binomial (Skellam 1948), and one odd
day weighs little. A CUSUM of its weights finds a change of whole days (Page 1954).
"""

from __future__ import annotations

from math import lgamma

from scipy.special import betaln


def log_pmf(lost: int, offered: int, chance: float, rho: float) -> float:
    """Return the log-probability of `lost` among `offered` calls of one day; `chance` and `rho` in (0, 1).

    a = chance (1 - rho) / rho and b = (1 - chance) (1 - rho) / rho are the parameters of the day's own chance.

    >>> round(log_pmf(0, 1, 0.25, 0.02), 6), round(log_pmf(1, 1, 0.25, 0.02), 6)
    (-0.287682, -1.386294)
    """
    a = chance * (1 - rho) / rho
    b = (1 - chance) * (1 - rho) / rho
    ways = lgamma(offered + 1) - lgamma(lost + 1) - lgamma(offered - lost + 1)
    return float(ways + betaln(a + lost, b + offered - lost) - betaln(a, b))


def day_weight(lost: int, offered: int, expected: float, other: float, rho: float) -> float:
    """Return a day's log-likelihood ratio, in nats, of the chance `other` over the one that is `expected`."""
    return log_pmf(lost, offered, other, rho) - log_pmf(lost, offered, expected, rho)
