"""The agents that a desk needs in each half-hour for its target, by playing the days that the forecast expects.

Each day is played with rates drawn from the forecast, and with talk and patience as uncertain as they are. Erlang A
gives the number that the mean rate needs to lose few enough; from there on agents are added until the target is met on
four of five such days, or until more agents change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import inf
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from streams.forecast.expected import NEGLIGIBLE, ExpectedCalls, ExpectedDay
from streams.forecast.handling import Handling
from streams.forecast.past import Floats
from streams.forecast.queue import Ints, PlayedCallers, PlayedOutcomes, play
from streams.insight.erlang import Demand, agents_for_lost

HALF_HOUR: Final = 1800.0  # s
PLAYS: Final = 400  # of each day; the share of met days is then known to 2 points
SEED: Final = 1917  # Erlang's year
PROMISED: Final = 0.8  # of such days
LITTLE: Final = 0.01  # a gain of met days that no further agent is worth
MORE: Final = 12  # agents beyond Erlang A's, at most
MOST: Final = 200  # agents


class Target(Struct, frozen=True, kw_only=True):
    """A desk's promise for its calls or visits; None for a part that it does not promise."""

    lost: float | None = None  # share, at most
    in_time: float | None = None  # share, at least
    within: float = inf  # s
    mean_wait: float | None = None  # s, at most

    def met(self, served: PlayedOutcomes) -> Ints:
        """Return 1 for each play that meets the target, else 0. A play without calls meets it."""
        found = np.ones(len(served.calls), dtype=bool)
        if self.lost is not None:
            found &= served.lost <= self.lost * served.calls
        if self.in_time is not None:
            found &= served.in_time >= self.in_time * served.calls - 1e-9
        if self.mean_wait is not None:
            found &= served.waited <= self.mean_wait * (served.calls - served.lost)
        return found.astype(np.int64)


class StaffedSlot(NamedTuple):
    """The agents of a half-hour, and the share of such days on which the target is met in it."""

    agents: int
    met: float


class StaffedDay(Struct, frozen=True):
    """The agents of a day."""

    date: date
    slots: tuple[StaffedSlot, ...]  # 48 half-hours
    met: float  # share of such days on which the whole day meets the target

    @property
    def hours(self) -> float:
        return sum(slot.agents for slot in self.slots) * HALF_HOUR / 3600


class _Plays:
    """All plays of some days: `PLAYS` rows a day. Level, talk and patience are drawn once for each play."""

    def __init__(self, days: Sequence[ExpectedDay], handling: Handling) -> None:
        self.days = days
        self._handling = handling
        self._random = np.random.default_rng(SEED)
        rows = len(days) * PLAYS
        variance = np.repeat([day.total.variance for day in days], PLAYS)
        self._level = self._gamma(variance)
        self._talk = handling.talk * np.exp(handling.talk_error * self._random.standard_normal(rows))
        self._patience = handling.patience * np.exp(handling.patience_error * self._random.standard_normal(rows))

    def _gamma(self, variance: Floats) -> Floats:
        """Return rates relative to their mean, with these variances."""
        shape = 1 / np.maximum(variance, 1e-9)
        return self._random.gamma(shape) / shape

    def callers(self, place: int) -> PlayedCallers:
        """Return the callers of a half-hour of all days."""
        random, handling, rows = self._random, self._handling, len(self._level)
        slots = [day.slots[place] for day in self.days]
        within = np.array([slot.variance - day.total.variance for slot, day in zip(slots, self.days, strict=True)])
        mean = np.repeat([slot.mean for slot in slots], PLAYS) * (1 - handling.aside)
        calls = random.poisson(mean * self._level * self._gamma(np.repeat(within, PLAYS)))
        many = int(calls.max(initial=0))
        moments = random.random((rows, many))
        moments[np.arange(many) >= calls[:, None]] = 1.0
        moments = (np.sort(moments, axis=1) + place) * HALF_HOUR
        sigma = handling.spread
        talk = self._talk[:, None] * np.exp(sigma * random.standard_normal((rows, many)) - sigma**2 / 2)
        patience = self._patience[:, None] * random.exponential(size=(rows, many))
        patience[random.random((rows, many)) < handling.hung_up] = 0.0
        return PlayedCallers(calls, moments, talk + handling.around, patience)


def staff(
    expected: ExpectedCalls, handling: Handling, target: Target, opened: Sequence[Sequence[bool]]
) -> list[StaffedDay]:
    """Return the agents of each expected day; `opened` says for its 48 half-hours whether anybody answers."""
    plays = _Plays(expected.days, handling)
    rows = len(expected.days) * PLAYS
    free = np.zeros((rows, 1))
    slots: list[list[StaffedSlot]] = [[] for _ in expected.days]
    whole = PlayedOutcomes.none(rows)
    for place in range(len(opened[0])):
        callers = plays.callers(place)
        means = [day.slots[place].mean for day in expected.days]
        least = np.array(
            [_least(mean, handling, target) if hours[place] else 0 for mean, hours in zip(means, opened, strict=True)]
        )
        agents, met, served, free = _enough(callers, least, free, handling, target)
        whole = whole.plus(served)
        for number, (many, share) in enumerate(zip(agents, met, strict=True)):
            slots[number].append(StaffedSlot(int(many), float(share)))
    days_met = _by_day(target.met(whole))
    return [
        StaffedDay(day.date, tuple(slots[number]), float(days_met[number])) for number, day in enumerate(expected.days)
    ]


def met_with(
    expected: ExpectedCalls, handling: Handling, target: Target, agents: Sequence[Sequence[int]]
) -> list[float]:
    """Return the share of such days on which each expected day meets the target, with these agents by half-hour."""
    plays = _Plays(expected.days, handling)
    rows = len(expected.days) * PLAYS
    free = np.zeros((rows, 1))
    whole = PlayedOutcomes.none(rows)
    for place in range(len(agents[0])):
        there = np.repeat(np.array([day[place] for day in agents], dtype=np.int64), PLAYS)
        served, free = _played(plays.callers(place), there, free, handling, target)
        whole = whole.plus(served)
    return [float(share) for share in _by_day(target.met(whole))]


def _least(calls: float, handling: Handling, target: Target) -> int:
    """Return the fewest agents that meet the target of lost calls in the long run, at a half-hour's mean rate."""
    arrivals = max(calls * (1 - handling.aside), NEGLIGIBLE) / HALF_HOUR
    demand = Demand(arrivals, handling.talk + handling.around, handling.patience)
    return min(agents_for_lost(demand, max(target.lost or 0.0, LITTLE)), MOST)


def _enough(
    callers: PlayedCallers, least: Ints, free: Floats, handling: Handling, target: Target
) -> tuple[Ints, Floats, PlayedOutcomes, Floats]:
    """Return the agents of each day, its share of met plays, and the outcomes.

    `least` has the agents to begin with, 0 for a day without agents.
    """
    shares: list[list[float]] = [[] for _ in least]
    pending = np.flatnonzero(least)
    for more in range(MORE + 1):
        if not len(pending):
            break
        rows = (pending[:, None] * PLAYS + np.arange(PLAYS)).ravel()
        served, _ = _played(callers.of(rows), np.repeat(least[pending] + more, PLAYS), free[rows], handling, target)
        for day, share in zip(pending, _by_day(target.met(served)), strict=True):
            shares[day].append(float(share))
        pending = np.array([day for day in pending if _may_gain(shares[day])], dtype=np.int64)
    agents = least + np.array([_best(each) for each in shares], dtype=np.int64)
    served, free = _played(callers, np.repeat(agents, PLAYS), free, handling, target)
    return agents, _by_day(target.met(served)), served, free


def _played(
    callers: PlayedCallers, agents: Ints, free: Floats, handling: Handling, target: Target
) -> tuple[PlayedOutcomes, Floats]:
    """Play a half-hour with a number of agents in each play."""
    more = np.zeros((len(free), max(int(agents.max(initial=1)) - free.shape[1], 0)))
    return play(callers, agents, np.hstack([free, more]), target.within - handling.ringing)


def _may_gain(shares: Sequence[float]) -> bool:
    """Return whether one more agent may bring the target, by the shares of met days so far."""
    if shares[-1] >= PROMISED:
        return False
    return len(shares) == 1 or shares[-1] - shares[-2] >= LITTLE or shares[-1] < PROMISED / 2


def _best(shares: Sequence[float]) -> int:
    """Return the place of the first share that is enough, or nearly the greatest.

    >>> _best([0.2, 0.7, 0.9]), _best([0.2, 0.6, 0.605]), _best([])
    (2, 1, 0)
    """
    wanted = min(PROMISED, max(shares, default=0.0) - LITTLE)
    return next((place for place, share in enumerate(shares) if share >= wanted), 0)


def _by_day(met: Ints) -> Floats:
    """Return the share of met plays of each day."""
    shares: Floats = met.reshape(-1, PLAYS).mean(axis=1)
    return shares
