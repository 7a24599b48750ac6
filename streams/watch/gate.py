"""The gate: the result of a recount must be plausible for the line, judged by its sound slots.

A recount that removes the wrong calls leaves a lost rate, a number of calls or a wait that the line never has. Each of
these is compared with the sound slots, with allowance for odd days: calls of one day resemble each other, and days
differ in their number of calls. Shares are compared on the arcsine scale, on which their variance is constant
(Anscombe, The transformation of Poisson, binomial and negative-binomial data, 1948).
"""

from __future__ import annotations

from math import asin, log, sqrt
from typing import NamedTuple

from msgspec import Struct

from streams.calls.counts import Counts
from streams.checks.bernoulli_cusum import raised
from streams.checks.beta_binomial import effective
from streams.watch.thresholds import GATE, WITNESS


class Stretch(Struct, frozen=True):
    """The counts of some of a line's open slots."""

    counts: Counts = Counts()
    slots: int = 0
    log_wait: float | None = None  # mean logarithm of the answered calls' waits, nats; None if unknown
    waited: int = 0  # calls behind this mean

    def recounted(self, wrong: Counts) -> Stretch:
        """Return the stretch without the calls that a miscount added."""
        return Stretch(self.counts - wrong, self.slots, self.log_wait, self.waited)


class Sound(NamedTuple):
    """The counts of the slots of a line that are not in doubt."""

    stretch: Stretch
    expected: float | None  # the configured lost rate
    rho: float  # correlation of the calls of a day
    slots_a_day: float  # of opening hours
    spread: float = WITNESS.first_spread  # variance of the logarithm of a day's mean wait
    usual: float | None = None  # the learnt lost rate, which begins at the configured one; None in a ledger

    def days(self, slots: float) -> float:
        """Return the number of opening days in these slots; at least one, since calls of an hour share a day."""
        return max(1.0, slots / self.slots_a_day) if self.slots_a_day else 1.0

    @property
    def few(self) -> bool:
        return self.days(self.stretch.slots) < GATE.few_days

    @property
    def rate(self) -> float | None:
        """Return the lost rate of the sound slots, or the configured one if there are hardly any."""
        return self.expected if self.few else self.stretch.counts.lost_rate

    def tells(self, stretch: Stretch) -> float:
        """Return how many independent calls would be as informative as a stretch's calls."""
        return effective(stretch.counts.offered, self.days(stretch.slots), self.rho)

    def has(self, stretch: Stretch) -> bool:
        """Return whether a stretch is plausible for this line by its lost rate, its number of calls and its waits."""
        return self._has_rate(stretch) and (self.few or (self._has_calls(stretch) and self._has_wait(stretch)))

    def is_above(self, low: float) -> bool:
        """Return whether a lost rate of at least `low` is far above the line's usual rate."""
        return self.usual is not None and low > raised(self.usual, GATE.above)

    def _has_rate(self, stretch: Stretch) -> bool:
        usual, found = self.rate, stretch.counts.lost_rate
        if usual is None or found is None:
            return usual is not None
        calls = GATE.prior_calls if self.few else self.tells(self.stretch)
        one, other = _angle(found, self.tells(stretch)), _angle(usual, calls)
        return abs(one.value - other.value) <= GATE.deviations * sqrt(one.variance + other.variance)

    def _has_calls(self, stretch: Stretch) -> bool:
        own = self.stretch
        if not stretch.slots or not own.counts.offered:
            return True
        grown = log((stretch.counts.offered + 0.5) / stretch.slots) - log((own.counts.offered + 0.5) / own.slots)
        return abs(grown) <= GATE.deviations * sqrt(
            GATE.day_calls**2 / self.days(stretch.slots)
            + GATE.day_calls**2 / self.days(own.slots)
            + GATE.season_calls**2
            + 1 / (stretch.counts.offered + 0.5)
            + 1 / (own.counts.offered + 0.5)
        )

    def _has_wait(self, stretch: Stretch) -> bool:
        own = self.stretch
        if own.log_wait is None or stretch.log_wait is None:
            return True
        return abs(stretch.log_wait - own.log_wait) <= GATE.deviations * sqrt(
            self.spread / self.days(stretch.slots)
            + self.spread / self.days(own.slots)
            + GATE.season_wait**2
            + WITNESS.one_wait / stretch.waited
            + WITNESS.one_wait / own.waited
        )


class _Angle(NamedTuple):
    value: float
    variance: float


def _angle(rate: float, calls: float) -> _Angle:
    """Return the share of this number of independent calls on the arcsine scale (Anscombe)."""
    return _Angle(asin(sqrt((rate * calls + 0.375) / (calls + 0.75))), 1 / (4 * calls + 2))


def conserves(counts: Counts) -> bool:
    """Return whether every call has one outcome, and no count is below 0."""
    outcomes = (counts.answered, counts.lost, counts.diverted, counts.unresolved)
    return min(outcomes) >= 0 and counts.offered == sum(outcomes)
