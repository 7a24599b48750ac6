"""Brief talks: detects answers by a machine among answers without an agent, because a machine's talks are all short.

Unnamed agents talk as long as named ones do. With exponential talk times, the chance of a talk under a
limit is 1 - e^(-limit / mean), and the number of such talks is binomial. Talk times of real call centres are lognormal
(Brown et al., Statistical analysis of a telephone call center, 2005). Fewer of these are brief, so the chance is even
smaller.
"""

from __future__ import annotations

from math import exp

from streams.checks import binomial


def log_chance(brief: int, talks: int, limit: float, mean: float) -> float:
    """Return the log-probability of at least `brief` talks under a limit among agents' talks with this mean.

    `brief` is 1 or more; `limit` and `mean` have one unit. A mean of 0 makes every talk brief.

    >>> round(log_chance(4, 4, limit=20.0, mean=180.0), 1), round(log_chance(4, 30, limit=20.0, mean=180.0), 1)
    (-9.0, -0.9)
    """
    return binomial.log_chance(brief, talks, 1 - exp(-limit / mean)) if mean > 0 else 0.0
