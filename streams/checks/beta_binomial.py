"""The beta-binomial day: what a day's losses say, though days differ by more than chance.

On an odd day all calls are lost more often, so calls of one day resemble each other (intraclass
correlation `rho`; about .036 in real bank calls). A day's lost calls are then beta-binomial (Skellam 1948), and one odd
day weighs little. A CUSUM of its weights finds a change of whole days (Page 1954).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import lgamma

from scipy.special import betaln

from streams.checks.baseline import FIRST_RHO, LEAST_RHO, MOST_RHO, RHO_DAYS


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


def correlation(days: Iterable[tuple[int, int]]) -> float:
    """Return the intraclass correlation of the calls of a day, from the lost and the offered calls of each day.

    By the method of moments, as `Baseline.rho` learns it: (lost - e)^2 is v (1 + (calls - 1) rho) on average.

    >>> correlation([])
    0.03
    >>> correlation([(0, 100), (10, 100)] * 50) > correlation([(5, 100)] * 100)
    True
    """
    days = [each for each in days if each[1] > 1]
    total = sum(offered for _, offered in days)
    rate = sum(lost for lost, _ in days) / total if total else 0.0
    found, weights = FIRST_RHO * RHO_DAYS, RHO_DAYS
    for lost, calls in days if 0 < rate < 1 else ():
        weight = (calls - 1) / (calls - 1 + 1 / FIRST_RHO)  # however many its calls, a day shows one chance
        chance = calls * rate * (1 - rate)
        found += weight * ((lost - calls * rate) ** 2 - chance) / (chance * (calls - 1))
        weights += weight
    return min(max(found / weights, LEAST_RHO), MOST_RHO)


def effective(calls: float, days: float, rho: float) -> float:
    """Return how many independent calls say as much as these, which came on so many days: Kish's design effect.

    >>> effective(100, 100, 0.03), round(effective(100, 1, 0.03), 1)
    (100.0, 25.2)
    """
    alike = max(0.0, calls / days - 1) if days else 0.0
    return calls / (1 + alike * rho)
