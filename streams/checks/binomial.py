"""The binomial tail: how likely a number of losses is by chance."""

from __future__ import annotations

from math import log

from scipy.special import bdtrc


def log_chance(lost: int, offered: int, expected: float) -> float:
    """Return the log-probability of at least `lost` losses in `offered` calls, each lost with the `expected` chance.

    `lost` is 1 or more, `expected` in (0, 1).

    >>> round(log_chance(1, 1, 0.02), 4), round(log_chance(5, 40, 0.02), 4)
    (-3.912, -6.7463)
    """
    return log(max(float(bdtrc(lost - 1, offered, expected)), LEAST))


LEAST = 1e-300
