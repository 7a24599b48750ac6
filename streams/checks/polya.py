"""Polya CUSUM: the beta-binomial day, call by call, so that live detection need not wait for the evening.

Within a day, the chance of losing the next call follows from the calls so far, as in Polya's urn: (a + lost so far) /
(a + b + calls so far), where a + b = (1 - rho) / rho. The weight of a call is the log-ratio of two such predictions:
one begins at the faulty chance, the other at the expected chance. Over a day of one chance, the weights add up to the
beta-binomial weight of that day exactly. So the second loss of a bad morning weighs less than the first, and the
evidence of one odd day saturates, while the evidence of a fault grows again the next day (Eggenberger and Polya 1923;
predictive likelihood: Dawid 1984; CUSUM: Page 1954).

If the expected chance moves within a day, the odds of both predictions move by the same factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log


@dataclass(slots=True)
class Urn:
    """Two urns of one day, an expected one and a faulty one."""

    day: int = -1
    expected: float = 0.0  # present chance of losing a call
    balls: float = 0.0  # of each urn: pseudo-calls and calls
    lost: float = 0.0  # balls of the expected urn for lost calls
    lost_faulty: float = 0.0  # the same in the faulty urn

    def weigh(self, odds_ratio: float, rho: float, lost: int, expected: float, day: int) -> float:
        """Return one call's log-likelihood ratio, in nats, and add the call to the urns.

        `lost` is 1 or 0, `expected` the call's chance of being lost, in (0, 1); `day` numbers local days. Another
        day begins new urns.
        """
        if expected != self.expected or day != self.day:
            self._turn(odds_ratio, rho, expected, day)
        balls = self.balls
        self.balls = balls + 1.0
        red, faulty = self.lost, self.lost_faulty
        if lost:
            self.lost = red + 1.0
            self.lost_faulty = faulty + 1.0
            return log(faulty / red)
        return log((balls - faulty) / (balls - red))

    def _turn(self, odds_ratio: float, rho: float, expected: float, day: int) -> None:
        """Start a day's urns, or change their expected probability during the day."""
        odds = expected / (1.0 - expected)
        if day != self.day:
            self.day = day
            self.balls = (1.0 - rho) / rho
            odds_faulty = odds_ratio * odds
        else:
            moved = odds * (1.0 - self.expected) / self.expected
            odds = moved * self.lost / (self.balls - self.lost)
            odds_faulty = moved * self.lost_faulty / (self.balls - self.lost_faulty)
        self.expected = expected
        self.lost = self.balls * odds / (1.0 + odds)
        self.lost_faulty = self.balls * odds_faulty / (1.0 + odds_faulty)


@dataclass(slots=True)
class PolyaState(Urn):
    """The urns, the sum of evidence, and the moment when it last left zero, which estimates the change's start."""

    total: float = 0.0  # nats
    since: int = 0  # epoch ms: the first call that counts; 0 while the sum is 0
    calls: int = 0  # calls that count; 0 while the sum is 0


@dataclass(frozen=True, slots=True)
class PolyaCusum:
    """The check for a rise or a fall of the chance of losing a call, robust to odd days.

    After an alarm, the caller begins with a new state.

    >>> check = PolyaCusum(odds_ratio=12.76, rho=0.03, threshold=8.0)  # 1.87 % -> 19.56 %
    >>> state = PolyaState()
    >>> [check.add(state, 1, 0.0187, 1, at) for at in range(5)]  # one odd morning says little
    [False, False, False, False, False]
    >>> round(state.total, 2)
    6.79
    >>> [check.add(state, 1, 0.0187, 2, at) for at in range(5, 7)]  # again the next day
    [True, True]
    >>> state.since, state.calls
    (0, 7)
    """

    odds_ratio: float  # of the change to find: above 1 a rise, below 1 a fall
    rho: float  # correlation of the calls of a day
    threshold: float  # nats

    def add(self, state: PolyaState, lost: int, expected: float, day: int, at: int) -> bool:
        """Add one call at a moment (epoch ms) to the state; return whether the sum is at the threshold or above."""
        total = state.total + state.weigh(self.odds_ratio, self.rho, lost, expected, day)
        if total > 0.0:
            state.total = total
            if not state.calls:
                state.since = at
            state.calls += 1
            return total >= self.threshold
        if state.calls:
            state.total = 0.0
            state.since = state.calls = 0
        return False
