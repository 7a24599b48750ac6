"""The Kaplan-Meier estimate of callers' patience.

The wait of a caller who gave up is that caller's patience. The wait of a caller who was answered or turned away is a
lower bound of that caller's patience (Kaplan and Meier, 1958; for call centres Brown et al., Statistical analysis of a
telephone call center, 2005). Calls without any wait have no information about patience and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from streams.calls.tally import Tally
from streams.kept.waits import Waits, middle

HALF: Final = 0.5


class Patience(Struct, frozen=True):
    curve: list[tuple[float, float]]  # each wait (ms) at which callers gave up, and the share still patient after it
    abandoned: int  # calls that waited and gave up
    censored: int  # calls that waited and ended otherwise
    rate: float | None  # as of `giving_up`
    longest: int  # the longest wait, ms

    def survival(self, wait: float) -> float | None:
        """Return the share of callers whose patience exceeds `wait` ms, or None if unknown.

        The share is known up to the longest observed wait. The wait is rounded by at most one bin, 2 %.
        """
        last, end = self.curve[-1] if self.curve else (0.0, 1.0)
        if (wait > max(last, self.longest) and end > 0) or not self.longest:
            return None
        return next((share for step, share in reversed(self.curve) if step <= wait), 1.0)

    @property
    def median(self) -> float | None:
        """Return the wait (ms) after which half of the callers have given up, or None if that was not observed."""
        return next((step for step, share in self.curve if share <= HALF), None)

    @property
    def restricted_mean(self) -> float | None:
        """Return the mean patience (ms), cut at the longest observed wait, or None without any wait."""
        if not self.longest:
            return None
        mean, since, patient = 0.0, 0.0, 1.0
        for step, share in self.curve:
            mean += patient * (step - since)
            since, patient = step, share
        return mean + patient * max(0.0, self.longest - since)


def patience(tally: Tally) -> Patience:
    """Return the patience of a tally's callers.

    >>> tally = Tally()
    >>> for wait in (10_000, 30_000):
    ...     tally.abandoned_waits.add(wait)
    >>> tally.answered_waits.add(20_000)
    >>> [round(share, 4) for _, share in patience(tally).curve]
    [0.6667, 0.0]
    """
    gave_up = tally.abandoned_waits
    cut_short = Waits()
    cut_short.merge(tally.answered_waits)
    cut_short.merge(tally.other_waits)
    abandoned, censored = (waits.count - waits.bins.get(0, 0) for waits in (gave_up, cut_short))
    at_risk, share = abandoned + censored, 1.0
    curve = []
    for number in sorted((gave_up.bins.keys() | cut_short.bins.keys()) - {0}):
        if gone := gave_up.bins.get(number, 0):
            share *= 1 - gone / at_risk
            curve.append((middle(number), share))
        at_risk -= gone + cut_short.bins.get(number, 0)
    longest = max(gave_up.longest, cut_short.longest) if abandoned + censored else 0
    return Patience(curve, abandoned, censored, giving_up([tally]), longest)


def giving_up(tallies: Iterable[Tally]) -> float | None:
    """Return the callers who give up per ms of all calls' waits: 1 / mean patience, if exponential."""
    abandoned = waited = 0
    for tally in tallies:
        gave_up = tally.abandoned_waits
        abandoned += gave_up.count - gave_up.bins.get(0, 0)
        waited += gave_up.total + tally.answered_waits.total + tally.other_waits.total
    return abandoned / waited if waited else None
