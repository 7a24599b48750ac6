"""Bernoulli CUSUM: detects, call by call, a change of the chance of losing a call.

Each call adds its log-likelihood ratio of another chance of losing it over the expected chance. The sum never falls
below zero, and alarms at a threshold (in nats). If calls are independent, a false alarm comes at most every e^threshold
calls on average. The expected chance may differ from call to call (a seasonal baseline), and the odds of the other
chance differ from its odds by a fixed ratio: this is the risk-adjusted CUSUM of Steiner, Cook, Farewell and Treasure
(2000), after Page (1954). It assumes independent calls, but calls of a real day are not independent
(`streams.checks.polya` is the same check with allowance for odd days).
"""

from __future__ import annotations

from math import log

from msgspec import Struct


class Cusum(Struct, array_like=True):
    """A sum of evidence, and the moment when it last left zero, which estimates the change's start.

    >>> state = Cusum()
    >>> for at, lost in enumerate([0, 1, 1, 0, 1]):
    ...     state.add(weight(lost, 1, 0.0187, 0.1956), at)
    >>> round(state.total, 2), state.since, state.calls
    (6.84, 1, 4)
    """

    total: float = 0.0  # nats
    since: int = 0  # moment (epoch ms), or slot, of the first call that counts; 0 while the sum is 0
    calls: int = 0  # calls that count; 0 while the sum is 0

    def add(self, evidence: float, at: int) -> None:
        """Add one call's evidence (nats) at a moment (epoch ms)."""
        total = self.total + evidence
        if total > 0.0:
            if not self.calls:
                self.since = at
            self.total = total
            self.calls += 1
        elif self.calls:
            self.total = 0.0
            self.since = self.calls = 0


def weight(lost: int, offered: int, expected: float, other: float) -> float:
    """Return the log-likelihood ratio, in nats, of the chance `other` over the `expected` one, both in (0, 1).

    It is for `lost` among `offered` calls.

    >>> round(weight(1, 1, 0.0187, 0.1956), 4), round(weight(0, 1, 0.0187, 0.1956), 4)
    (2.3475, -0.1988)
    """
    return lost * log(other / expected) + (offered - lost) * log((1 - other) / (1 - expected))


def odds_ratio(expected: float, other: float) -> float:
    """Return the ratio of the odds of two chances, both in (0, 1)."""
    return other / (1.0 - other) * (1.0 - expected) / expected


def raised(chance: float, odds_ratio: float) -> float:
    """Return a chance after its odds grow by a ratio; both chances are in [0, 1).

    >>> round(raised(0.01, 2), 4), round(raised(0.3, 2), 4)
    (0.0198, 0.4615)
    """
    return odds_ratio * chance / (1.0 + (odds_ratio - 1.0) * chance)
