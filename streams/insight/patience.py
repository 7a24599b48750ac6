"""How long callers are ready to wait: the Kaplan-Meier estimate.

A caller who gave up has shown his or her patience; of one who was answered, or whom the line
itself sent away, we know only that it was longer (Kaplan and Meier, 1958; for call centres
Brown et al., Statistical analysis of a telephone call center, 2005). Calls that did not wait
at all say nothing on patience and are left out.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from streams.calls.tally import Tally
from streams.kept.waits import Waits, middle

HALF: Final = 0.5


class Patience(Struct, frozen=True):
    """Hold the share of callers still patient after each wait (ms) at which some gave up.

    `abandoned` calls gave up, after waiting; `censored` ended otherwise, after waiting. `rate` is how many give
    up per ms of waiting, all calls' waits taken together: one over the mean patience, where it is exponential.
    `longest` is the longest wait, in ms.
    """

    curve: list[tuple[float, float]]
    abandoned: int
    censored: int
    rate: float | None
    longest: int

    def survival(self, wait: float) -> float | None:
        """Return the share of callers whose patience exceeds `wait` ms; None beyond what was seen, or if none waited.

        Off by what one bin of the waits spans at most, 2 %.
        """
        at, end = self.curve[-1] if self.curve else (0.0, 1.0)
        if (wait > max(at, self.longest) and end > 0) or not self.longest:
            return None
        return next((share for at, share in reversed(self.curve) if at <= wait), 1.0)

    @property
    def median(self) -> float | None:
        """Return the wait (ms) that half of the callers would not outstay, or None beyond what was seen."""
        return next((at for at, share in self.curve if share <= HALF), None)

    @property
    def restricted_mean(self) -> float | None:
        """Return the mean patience (ms), each counted up to the longest wait that was seen, or None if none waited."""
        if not self.longest:
            return None
        mean, since, patient = 0.0, 0.0, 1.0
        for at, share in self.curve:
            mean += patient * (at - since)
            since, patient = at, share
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
    for place in sorted((gave_up.bins.keys() | cut_short.bins.keys()) - {0}):
        if gone := gave_up.bins.get(place, 0):
            share *= 1 - gone / at_risk
            curve.append((middle(place), share))
        at_risk -= gone + cut_short.bins.get(place, 0)
    waited = gave_up.total + cut_short.total
    longest = max(gave_up.longest, cut_short.longest) if abandoned + censored else 0
    return Patience(curve, abandoned, censored, abandoned / waited if waited else None, longest)
