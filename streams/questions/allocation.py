"""The number of calls that a sample draws from each stratum, chosen so that the estimate varies least.

A stratum gets calls in proportion to its size times the deviation of its answers (Neyman, On the two different aspects
of the representative method, 1934). The deviations are first guesses: a loss after a conversation is wrong as often as
not, an ordinary call hardly ever. A machine answers too few calls for a proportional share, so each stratum of such
calls gets one call first.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Final

from streams.questions.stratum import Stratum

WRONG: Final[Mapping[Stratum, float]] = {
    "lost-talk": 0.5,
    "lost-at-once": 0.1,
    "lost": 0.05,
    "answered-no-agent": 0.05,
    "answered-short": 0.05,
    "answered": 0.01,
    "diverted": 0.01,
}  # guessed share of the calls that are counted wrongly
RISKY: Final[tuple[Stratum, ...]] = ("answered-no-agent", "answered-short")


def allocation(counts: Mapping[Stratum, int], number: int) -> dict[Stratum, int]:
    """Return how many of `number` calls to draw from strata of these sizes; at most as many as there are.

    >>> allocation({"lost-talk": 2, "lost-at-once": 10, "lost": 60}, 5)
    {'lost-talk': 0, 'lost-at-once': 1, 'lost': 4}
    """
    left, taken = dict(counts), dict.fromkeys(counts, 0)
    for each in RISKY:
        if 0 < 2 * left.get(each, 0) < sum(counts.values()) and sum(taken.values()) < number:
            taken[each], left[each] = 1, left[each] - 1
    weights = {each: size * sqrt(WRONG[each] * (1 - WRONG[each])) for each, size in counts.items()}
    for _ in range(min(number, sum(counts.values())) - sum(taken.values())):
        # The method of Sainte-Laguë keeps to the proportions with whole numbers.
        best = max((each for each in left if left[each]), key=lambda each: weights[each] / (2 * taken[each] + 1))
        taken[best] += 1
        left[best] -= 1
    return taken
