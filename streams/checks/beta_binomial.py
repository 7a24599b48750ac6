"""The beta-binomial day: the evidence of a day's losses if days differ by more than chance.

On an odd day all calls are lost more often, so calls of one day resemble each other (intraclass
correlation `rho`; about .036 in real bank calls). A day's lost calls are then beta-binomial (Skellam 1948), and one odd
day weighs little. A CUSUM of its weights finds a change of whole days (Page 1954).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import lgamma
from typing import NamedTuple

from scipy.special import betaln

FIRST_RHO, LEAST_RHO, MOST_RHO = 0.03, 0.005, 0.08  # .036 in the bank calls of February 1999 (Technion)
RHO_DAYS = 20.0  # weight of the first guess of rho in days


class Correlation(NamedTuple):
    """Sums over days for the intraclass correlation of their calls, by the method of moments."""

    rho: float = 0.0  # sum of each day's estimate times its weight
    weight: float = 0.0

    @classmethod
    def of_day(cls, calls: int, squared: float, variance: float) -> Correlation:
        """Return a day's sums: `squared` is (lost - e)^2, which is `variance` (1 + (calls - 1) rho) on average.

        `variance` is the variance that the number of lost calls would have if calls were independent; `calls` is 2 or
        more.
        """
        weight = (calls - 1) / (calls - 1 + 1 / FIRST_RHO)  # a day shows only one chance, however many calls it has
        return cls(weight * (squared - variance) / (variance * (calls - 1)), weight)

    def plus(self, other: Correlation) -> Correlation:
        return Correlation(self.rho + other.rho, self.weight + other.weight)

    def estimate(self) -> float:
        """Return the correlation, shrunk to a first guess and clipped."""
        rho = (FIRST_RHO * RHO_DAYS + self.rho) / (RHO_DAYS + self.weight)
        return min(max(rho, LEAST_RHO), MOST_RHO)


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
    """Return a day's log-likelihood ratio, in nats, of the chance `other` over the `expected` one."""
    return log_pmf(lost, offered, other, rho) - log_pmf(lost, offered, expected, rho)


def correlation(days: Iterable[tuple[int, int]]) -> float:
    """Return the intraclass correlation of a day's calls, from the numbers of lost and offered calls of each day.

    >>> correlation([])
    0.03
    >>> correlation([(0, 100), (10, 100)] * 50) > correlation([(5, 100)] * 100)
    True
    """
    days = [each for each in days if each[1] > 1]
    total = sum(offered for _, offered in days)
    rate = sum(lost for lost, _ in days) / total if total else 0.0
    said = Correlation()
    for lost, calls in days if 0 < rate < 1 else ():
        said = said.plus(Correlation.of_day(calls, (lost - calls * rate) ** 2, calls * rate * (1 - rate)))
    return said.estimate()


def effective(calls: float, days: float, rho: float) -> float:
    """Return how many independent calls are as informative as these calls of several days (Kish's design effect).

    >>> effective(100, 100, 0.03), round(effective(100, 1, 0.03), 1)
    (100.0, 25.2)
    """
    alike = max(0.0, calls / days - 1) if days else 0.0
    return calls / (1 + alike * rho)
