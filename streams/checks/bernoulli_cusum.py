"""Bernoulli CUSUM: tell, call by call, when the chance of losing one has changed.

Each call adds its log-likelihood ratio of "the odds of losing it are `odds_ratio` times what they
should be" over "they are as they should be"; the sum never falls below zero, and alarms at `threshold`.
What a call's chance should be may differ from call to call (a seasonal baseline): the risk-adjusted
CUSUM of Steiner, Cook, Farewell and Treasure (2000), after Page (1954). It takes calls for
independent; real days are not (see `streams.checks.polya`, which is the same check with odd days).
"""

from __future__ import annotations

from math import log

from msgspec import Struct


class Cusum(Struct, array_like=True):
    """Hold a sum of evidence, and where it last left zero: its estimate of the change's start.

    `since` is the moment (epoch ms) of the first call that counts and `calls` how many count; both zero while
    the sum is.
    """

    total: float = 0.0
    since: int = 0
    calls: int = 0

    def add(self, weight: float, at: int) -> None:
        """Add one call's weight (nats) at a moment (epoch ms)."""
        total = self.total + weight
        if total > 0.0:
            if not self.calls:
                self.since = at
            self.total = total
            self.calls += 1
        elif self.calls:
            self.total = 0.0
            self.since = self.calls = 0


class BernoulliCusum(Struct, frozen=True):
    """Watch for a rise (`odds_ratio` above 1) or a fall (below 1) of a line's lost calls.

    `threshold` is in nats: a false alarm comes at most every e^threshold calls on average, if calls are
    independent. The caller starts with a new state after an alarm that it has dealt with.

    >>> check = BernoulliCusum(odds_ratio=odds_ratio(0.0187, 0.1956), threshold=6.76)
    >>> round(check.weight(1, 0.0187), 4), round(check.weight(0, 0.0187), 4)
    (2.3475, -0.1988)
    >>> state = Cusum()
    >>> [check.add(state, lost, 0.0187, at) for at, lost in enumerate([0, 1, 1, 0, 1])]
    [False, False, False, False, True]
    >>> state.since, state.calls
    (1, 4)
    """

    odds_ratio: float
    threshold: float

    def weight(self, lost: int, expected: float) -> float:
        """Return a call's log-likelihood ratio, in nats: `lost` is 1 or 0, `expected` its chance in (0, 1)."""
        common = 1.0 - expected + self.odds_ratio * expected
        return log(self.odds_ratio / common) if lost else -log(common)

    def add(self, state: Cusum, lost: int, expected: float, at: int) -> bool:
        """Fold one call into the state; return whether the sum stands at the threshold or above."""
        state.add(self.weight(lost, expected), at)
        return state.total >= self.threshold


def odds_ratio(expected: float, other: float) -> float:
    """Return the odds of one chance over those of another, both in (0, 1)."""
    return other * (1.0 - expected) / ((1.0 - other) * expected)
