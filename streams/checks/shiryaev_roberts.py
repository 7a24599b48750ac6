"""Mixture Shiryaev-Roberts e-detector: a change of unknown size, with a guaranteed rarity of false alarms.

For each alternative R = (1 + R) x e, where e is the call's likelihood ratio (an e-value: its mean is 1 while
nothing has changed); alarm when the mean of the R reaches A. As that mean less the number of calls is a
martingale, the average run to a false alarm is at least A, whatever the expected chances are (Shiryaev 1963;
Roberts 1966; e-detectors: Shin, Ramdas and Rinaldo 2023). Alternatives below the expected chance
watch for a fall in the same sum. With `rho` the likelihoods are those of Polya's urn (`streams.checks.polya`),
and the guarantee holds for odd days of that correlation.
"""

from __future__ import annotations

from math import exp, log

from msgspec import Struct

from streams.checks.polya import Urn

CEILING = 1e300  # a fault that goes on for thousands of calls must not become infinite


class SumsState(Struct, array_like=True):
    """Hold R and the urns, for each alternative."""

    sums: list[float] = []
    urns: list[Urn] = []


class MixtureShiryaevRoberts(Struct, frozen=True):
    """Watch for any of some odds ratios, of equal weight.

    `least_run` is A, in calls; `rho` 0 takes calls as independent.

    >>> check = MixtureShiryaevRoberts(odds_ratios=(0.2, 3.0, 6.0, 13.0), least_run=10_000)
    >>> state = SumsState()
    >>> [check.add(state, 1, 0.0187, day=1) for _ in range(5)]
    [False, False, False, False, True]
    """

    odds_ratios: tuple[float, ...]
    least_run: float
    rho: float = 0.0

    def add(self, state: SumsState, lost: int, expected: float, day: int) -> bool:
        """Fold one call into the state; return whether the mean of the R is at `least_run` or above.

        `lost` is 1 or 0, `expected` its chance, in (0, 1); `day` numbers local days.
        """
        if len(state.sums) != len(self.odds_ratios):
            state.sums = [0.0] * len(self.odds_ratios)
            state.urns = [Urn() for _ in self.odds_ratios]
        for place, odds_ratio in enumerate(self.odds_ratios):
            if self.rho:
                weight = state.urns[place].weigh(odds_ratio, self.rho, lost, expected, day)
            else:
                weight = (log(odds_ratio) if lost else 0.0) - log(1.0 - expected + odds_ratio * expected)
            state.sums[place] = min((1.0 + state.sums[place]) * exp(weight), CEILING)
        return self.mean(state) >= self.least_run

    def mean(self, state: SumsState) -> float:
        """Return the mean of R over the alternatives: what is compared with `least_run`."""
        return sum(state.sums) / len(self.odds_ratios)
