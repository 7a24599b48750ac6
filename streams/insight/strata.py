"""The interval of a rate over strata, such as the lines of many offices, each with its own interval.

The variance of the total rate follows a stratified estimate: it is the sum of each stratum's variance times the square
of its weight (Cochran, Sampling Techniques, 1977, 5.3). Calls of one day are correlated, so a line's calls carry less
information than as many independent calls; the line's own interval shows how much less. The total's interval is
Jeffreys' at the number of independent calls with this variance (Korn and Graubard, Confidence intervals for proportions
with small expected number of positive counts estimated from survey data, 1998).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from scipy.special import ndtri

from streams.checks.interval import jeffreys

_Z: Final = float(ndtri(0.975))


class Stratum(NamedTuple):
    """A part of a sum: lost and offered calls, and the 95 % interval of their rate."""

    part: int
    whole: int
    low: float | None = None  # None without an interval: each call counts as independent
    high: float | None = None

    @property
    def tells(self) -> float:
        """The effective number of calls: this many independent calls would give the same interval.

        >>> Stratum(40, 1000).tells, round(Stratum(40, 1000, 0.029, 0.054).tells), Stratum(0, 0).tells
        (1000.0, 954, 0.0)
        """
        if self.low is None or self.high is None or self.high <= self.low:
            return float(self.whole)
        rate = (self.part + 0.5) / (self.whole + 1)  # defined even if no call was lost
        return min(float(self.whole), rate * (1 - rate) / ((self.high - self.low) / (2 * _Z)) ** 2)


def stratified(strata: Iterable[Stratum]) -> tuple[float, float] | None:
    """Return the 95 % interval of the rate of all strata together, or None without a call.

    >>> low, high = stratified([Stratum(40, 1000), Stratum(60, 1000)])
    >>> round(low, 4), round(high, 4)
    (0.0411, 0.0602)
    """
    every = [each for each in strata if each.whole]
    if not every:
        return None
    if len(every) == 1 and every[0].low is not None and every[0].high is not None:
        return every[0].low, every[0].high
    part, whole = sum(each.part for each in every), sum(each.whole for each in every)
    rates = [((each.part + 0.5) / (each.whole + 1), each) for each in every]
    variance = sum((each.whole / whole) ** 2 * rate * (1 - rate) / each.tells for rate, each in rates)
    smooth = (part + 0.5) / (whole + 1)
    calls = min(float(whole), smooth * (1 - smooth) / variance)
    return jeffreys(part / whole * calls, calls)
