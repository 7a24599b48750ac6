"""Wald's sequential test of a share: look at one case after another, and stop as soon as the answers decide.

Each case adds its log-likelihood ratio of the share that a fault gives over the share that honest work gives. The sum
decides once it reaches a bound, which follows from the two errors alone; no other test with these errors needs fewer
cases on average (Wald, Sequential tests of statistical hypotheses, 1945; Wald and Wolfowitz, 1948).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["faulty", "sound"]


@dataclass(frozen=True, slots=True)
class SequentialTest:
    """The test whether a share is `faulty` rather than `sound`, both in (0, 1) and `faulty` the larger.

    >>> test = SequentialTest(sound=0.06, faulty=0.86, false_alarm=0.001, miss=0.01)
    >>> round(test.weight(hits=2, others=0), 2), test.outcome(hits=2, others=0)
    (5.33, None)
    >>> test.outcome(hits=3, others=0), test.outcome(hits=3, others=1), test.outcome(hits=0, others=3)
    ('faulty', None, 'sound')
    """

    sound: float
    faulty: float
    false_alarm: float  # probability of `faulty` if the share is `sound`, at most
    miss: float  # probability of `sound` if the share is `faulty`, at most

    def weight(self, hits: int, others: int) -> float:
        """Return the evidence, in nats, that the share is faulty."""
        return hits * log(self.faulty / self.sound) + others * log((1 - self.faulty) / (1 - self.sound))

    def outcome(self, hits: int, others: int) -> Outcome | None:
        """Return what the cases decide; None if more cases are needed."""
        weight = self.weight(hits, others)
        if weight >= log((1 - self.miss) / self.false_alarm):
            return "faulty"
        return "sound" if weight <= log(self.miss / (1 - self.false_alarm)) else None
