"""A counted lost rate that is surely not the configured one: either the counting is wrong, or the configuration.

The line's own record cannot decide between the two, so both figures are shown. The odds of the two rates must differ by
a factor, and chance must be excluded (Jeffreys' interval) although the calls of one day resemble each other.
"""

from __future__ import annotations

from typing import Final

from streams.checks.bernoulli_cusum import odds_ratio
from streams.checks.beta_binomial import effective
from streams.checks.interval import jeffreys

ODDS: Final = 1.5  # ratio of the odds; a line may differ by less
CONFIDENCE: Final = 0.999
DAY: Final = 32  # slots of an opening day, about eight hours
RHO: Final = 0.03  # correlation of the calls of a day (33,344 bank calls of February 1999, Technion)


def is_apart(lost: int, offered: int, days: float, configured: float | None) -> bool:
    """Return whether `lost` of the calls `offered` on a number of days surely differ from a configured lost rate.

    >>> is_apart(616, 7_000, 90, 0.041), is_apart(300, 7_000, 90, 0.041), is_apart(3, 20, 1, 0.041)
    (True, False, False)
    """
    if configured is None or not 0 < lost < offered or not 0 < configured < 1:
        return False
    rate = lost / offered
    ratio = odds_ratio(configured, rate)
    if 1 / ODDS < ratio < ODDS:
        return False
    calls = effective(offered, max(1, days), RHO)
    bounds = jeffreys(rate * calls, calls, CONFIDENCE)
    return bounds is not None and not bounds[0] <= configured <= bounds[1]
