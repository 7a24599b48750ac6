"""Beta-binomial CUSUM: tell when whole days lose more, though days differ by more than chance.

On an odd day all calls are lost more often, so calls of one day resemble each other (intraclass
correlation `rho`; about .036 in real bank calls). A day's lost calls are then beta-binomial, and one odd
day weighs little. The day's log-likelihood ratio goes into a CUSUM (Page 1954; Skellam 1948 for the law).
"""

from __future__ import annotations

from math import lgamma

from msgspec import Struct
from scipy.special import betaln

from streams.checks.bernoulli_cusum import Cusum


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


class BetaBinomialCusum(Struct, frozen=True):
    """Watch whole days for a chance of `other` instead of the expected one: a rise, or a fall.

    >>> check = BetaBinomialCusum(other=0.1956, rho=0.02, threshold=4.75)
    >>> state = Cusum()
    >>> [check.add(state, lost, 20, 0.0187, at) for at, lost in enumerate([0, 1, 3, 4])]
    [False, False, False, True]
    >>> state.since, state.calls
    (2, 2)
    """

    other: float
    rho: float
    threshold: float

    def add(self, state: Cusum, lost: int, offered: int, expected: float, at: int) -> bool:
        """Fold one day into the state (`calls` there counts days); return whether it alarms."""
        state.add(day_weight(lost, offered, expected, self.other, self.rho), at)
        return state.total >= self.threshold
