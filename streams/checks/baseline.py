"""The seasonal baseline: the usual calls and losses of a line by weekday and hour, learnt day by day.

A cell (weekday and hour) with few calls leans on its hour, the hour on the line, and the line on the configured rate:
each mean is shrunk to the next wider mean, which weighs as much as a number of pseudo-calls (empirical Bayes; Robbins
1956, Efron and Morris 1973). Old days fade with a half-life in opening days, because lines change. Leave quarantined
slots out: the baseline learns every slot that it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct, field

from streams.checks.beta_binomial import Correlation

HOURS = 24
FIRST_VARIANCE, VARIANCE_SLOTS = 1.5, 100.0  # first guess of the arrivals' variance over their mean; slots it weighs
ARRIVAL_SLOTS = 8.0  # weight in slots of a wider mean of arrivals: two weeks of quarters


class Learnt(Struct, frozen=True):
    """The calls of one open slot."""

    weekday: int  # 0 is Monday
    hour: int  # local, 0 to 23
    offered: int
    lost: float
    at_once: int = 0  # of the lost, without any wait
    named: int = 0  # the lost with a known caller
    called_back: int = 0  # of the named


class Sums(Struct, array_like=True):
    """The sums of a cell's slots, or of the line's; earlier days fade."""

    slots: float = 0.0
    offered: float = 0.0
    lost: float = 0.0

    def add(self, other: Sums) -> None:
        self.slots += other.slots
        self.offered += other.offered
        self.lost += other.lost


NOTHING = Sums()


class BaselineState(Struct, array_like=True):
    """The faded sums of a line."""

    cells: dict[int, Sums] = field(default_factory=dict)  # at most 7 x 24, by `weekday * 24 + hour`
    at_once: float = 0.0  # lost without any wait
    named: float = 0.0  # lost, of a known caller
    called_back: float = 0.0  # of the named
    rho: float = 0.0  # sum of each day's estimate times its weight
    rho_weight: float = 0.0
    variance: float = 0.0  # sum of each slot's estimate, of the arrivals' variance over their mean
    variance_weight: float = 0.0  # number of estimates


class Levels(NamedTuple):
    """The sums that a cell leans on; constant until another day is learnt."""

    line: Sums
    hours: dict[int, Sums]  # by hour, over the week


class Arrivals(Struct, frozen=True):
    """The expected calls of an open slot, and their variance."""

    mean: float
    variance: float


class LostCallers(Struct, frozen=True):
    """The behaviour of lost callers, faded; a first guess of a share weighs as a given number of them."""

    lost: float
    hung_up: float  # of the lost, at once
    named: float  # the lost with a known caller
    called_back: float  # of the named

    def at_once(self, guess: float, weight: float) -> float:
        """Return the share of the lost that hang up at once."""
        return (self.hung_up + guess * weight) / (self.lost + weight)

    def back(self, guess: float, weight: float) -> float:
        """Return the share of the lost that call again."""
        return (self.called_back + guess * weight) / (self.named + weight)


class Baseline(Struct, frozen=True):
    """The learner of a line's baseline.

    >>> baseline, state = Baseline(prior=0.02), BaselineState()
    >>> baseline.lost_rate(state, weekday=0, hour=9)
    0.02
    >>> for _ in range(60):
    ...     baseline.learn(state, [Learnt(0, 9, offered=20, lost=2), Learnt(0, 14, offered=20, lost=0)])
    >>> round(baseline.lost_rate(state, 0, 9), 3), round(baseline.lost_rate(state, 0, 14), 3)
    (0.098, 0.002)
    """

    prior: float | None = None  # expected lost rate, in (0, 1)
    prior_calls: float = 500.0  # weight of the prior in calls,
    prior_losses: float = 10.0  # or the number of calls with this many losses, if that is more
    least_calls: float = 100.0  # calls to learn before an expectation without a prior
    shrinkage: float = 200.0  # weight of a wider mean in calls
    half_life: float = 60.0  # opening days

    def learn(self, state: BaselineState, day: Sequence[Learnt]) -> None:
        """Learn one opening day from its slots; an empty day changes nothing."""
        if not day:
            return
        self._learn_spread(state, day)
        self._fade(state, 0.5 ** (1.0 / self.half_life))
        for slot in day:
            cell = state.cells.setdefault(slot.weekday * HOURS + slot.hour, Sums())
            cell.slots += 1
            cell.offered += slot.offered
            cell.lost += slot.lost
            state.at_once += slot.at_once
            state.named += slot.named
            state.called_back += slot.called_back

    def lost_rate(self, state: BaselineState, weekday: int, hour: int, levels: Levels | None = None) -> float | None:
        """Return the expected chance of losing a call in a cell, in (0, 1); None while nothing is known.

        Pass `levels` if you ask for many cells.
        """
        levels = levels or levels_of(state)
        rate = self.line_rate(levels)
        if rate is None:
            return None
        for level in (levels.hours.get(hour, NOTHING), state.cells.get(weekday * HOURS + hour, NOTHING)):
            rate = (level.lost + self.shrinkage * rate) / (level.offered + self.shrinkage)
        return rate

    def line_rate(self, levels: Levels) -> float | None:
        """Return the expected chance of losing a call at any hour, in (0, 1); None while nothing is known."""
        line = levels.line
        if self.prior is not None:
            weight = max(self.prior_calls, self.prior_losses / self.prior)
            return (line.lost + self.prior * weight) / (line.offered + weight)
        if line.offered >= self.least_calls > 0:
            return (line.lost + 0.5) / (line.offered + 1)  # Jeffreys: neither never nor always
        return None

    def arrivals(self, state: BaselineState, weekday: int, hour: int, levels: Levels | None = None) -> Arrivals | None:
        """Return the expected calls in one open slot of a cell; None before the first learnt slot."""
        levels = levels or levels_of(state)
        if not levels.line.slots:
            return None
        mean = levels.line.offered / levels.line.slots
        for level in (levels.hours.get(hour, NOTHING), state.cells.get(weekday * HOURS + hour, NOTHING)):
            mean = (level.offered + ARRIVAL_SLOTS * mean) / (level.slots + ARRIVAL_SLOTS)
        over = (FIRST_VARIANCE * VARIANCE_SLOTS + state.variance) / (VARIANCE_SLOTS + state.variance_weight)
        return Arrivals(mean, mean * max(1.0, over))

    def rho(self, state: BaselineState) -> float:
        """Return the intraclass correlation of a day's calls, by the method of moments, clipped."""
        return Correlation(state.rho, state.rho_weight).estimate()

    def lost_callers(self, state: BaselineState) -> LostCallers:
        whole = levels_of(state).line
        return LostCallers(whole.lost, state.at_once, state.named, state.called_back)

    def _learn_spread(self, state: BaselineState, day: Sequence[Learnt]) -> None:
        """Compare a day with its expectation e: (lost - e)^2 is v (1 + (calls - 1) rho) on average."""
        calls = 0
        lost = expected = chance = 0.0
        cells = {(slot.weekday, slot.hour) for slot in day}
        levels = levels_of(state)
        known = {cell: (self.lost_rate(state, *cell, levels), self.arrivals(state, *cell, levels)) for cell in cells}
        for slot in day:
            rate, usual = known[slot.weekday, slot.hour]
            if rate is not None:
                lost += slot.lost
                calls += slot.offered
                expected += slot.offered * rate
                chance += slot.offered * rate * (1 - rate)
            if usual is not None and usual.mean > 0:
                state.variance += (slot.offered - usual.mean) ** 2 / usual.mean
                state.variance_weight += 1
        if calls > 1:
            said = Correlation.of_day(calls, (lost - expected) ** 2, chance)
            state.rho += said.rho
            state.rho_weight += said.weight

    @staticmethod
    def _fade(state: BaselineState, share: float) -> None:
        for cell in state.cells.values():
            cell.slots *= share
            cell.offered *= share
            cell.lost *= share
        state.at_once *= share
        state.named *= share
        state.called_back *= share
        state.rho *= share
        state.rho_weight *= share
        state.variance *= share
        state.variance_weight *= share


def levels_of(state: BaselineState) -> Levels:
    """Return the sums over each hour of the week, and over the line."""
    hours: dict[int, Sums] = {}
    for cell, sums in state.cells.items():
        hours.setdefault(cell % HOURS, Sums()).add(sums)
    line = Sums()
    for hour in hours.values():
        line.add(hour)
    return Levels(line, hours)
