"""The number of agents and the patience of callers that give a line its expected lost rate.

No outcome is ever chosen. The rate results from staffing, as in a real office; the variation between days comes from
days with more calls, missing agents, or less patient callers. Pilot days are all served at once with
numpy. They are an M_t/G/n+M queue (Erlang-A if nothing varied; Mandelbaum and Zeltyn, 2007).
"""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist
from typing import Final, NamedTuple, TypeAlias

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from streams.kept.times import HOUR_MS
from streams.simulation.arrivals import Floats, Shape, icc
from streams.simulation.office import LineProfile
from streams.simulation.staff import BREAK, RING, break_start

PILOT_CALLS: Final = 100_000
FEWEST_DAYS, MOST_DAYS = 100, 2_500
LEAST_PATIENCE, MOST_PATIENCE = 120.0, 1_500.0  # seconds, means
MOST_LOAD, MOST_MOOD = 0.5, 0.5  # patience varies little from day to day (Brown et al., 2005)
STEPS, RUNS = 6, 5
NEAR_RATE: Final = 0.03  # of the expected rate: less than a year's random variation
_NEVER: Final = 1e12  # ms
_PLASTIC: Final = 1.2207440846057596  # the root of x**4 = x + 1

Openings = tuple[tuple[int, int], ...]  # opening stretches of a day, ms since midnight
Places: TypeAlias = NDArray[np.intp]


class Fitted(Struct, frozen=True, kw_only=True):
    """The result of a fit, and the rates reached on pilot days."""

    agents: int
    patience: float  # mean, s
    load: float = 0.0  # sigma of the logarithm of calls between days; also of missing agents
    mood: float = 0.0  # sigma of the logarithm of patience between days
    rate: float = 0.0  # reached lost rate
    icc: float = 0.0  # reached intraclass correlation by day


def fit(profile: LineProfile, stretches: Openings) -> Fitted:
    """Return the staff and patience for a line with these opening stretches."""
    alike = msgspec.structs.replace(profile, line="", source="", persistence=0.0, lifecycle="full")  # no part of a fit
    return _fit(alike, stretches)


@lru_cache(maxsize=256)
def _fit(profile: LineProfile, stretches: Openings) -> Fitted:
    pilot = _Pilot(profile, stretches)
    fitted = pilot.staffed(load=0.15)
    # Fit first the load, which lengthens waits, then the mood, then the load again if the mood was not enough.
    fitted = pilot.spread(fitted, "load", MOST_LOAD, profile.icc * (1 - profile.mood))
    if profile.mood:
        fitted = pilot.spread(fitted, "mood", MOST_MOOD, profile.icc)
    return pilot.spread(fitted, "load", MOST_LOAD, profile.icc)


def missing_share(load: float, z: float) -> float:
    """Return the missing share of the agents' time on a day; `z` is a standard normal number."""
    return min(0.6, max(0.0, load * z))


class _Pilot:
    """Serves many days at once, with the same random numbers each time, so that a fit converges."""

    def __init__(self, profile: LineProfile, stretches: Openings) -> None:
        self.profile = profile
        self.stretches = stretches
        self.shape = Shape(profile.hours, [(opens / 1000, closes / 1000) for opens, closes in stretches])
        self.days = round(min(MOST_DAYS, max(FEWEST_DAYS, PILOT_CALLS / profile.calls_a_day)))
        rng = np.random.default_rng(1917)  # Erlang's year
        # Spread evenly in three dimensions (Roberts, 2018), as a few bad days cause most of the correlation.
        quantile = NormalDist().inv_cdf
        self.crowd, self.short, self.temper = (
            np.array([quantile((0.5 + day * _PLASTIC**-power) % 1) for day in range(1, self.days + 1)])
            for power in (1, 2, 3)
        )
        open_days = [level for level in profile.weekdays[:5] if level] or [1.0]
        self._calls: _Drawn | None = None
        self.level = rng.permutation(
            [open_days[day % len(open_days)] * profile.months[day // len(open_days) % 12] for day in range(self.days)]
        )

    def staffed(self, load: float) -> Fitted:
        """Return the fit with the number of agents whose rate is nearest to the expected one."""
        best: tuple[float, Fitted] | None = None
        target = self.profile.expected_lost_rate
        opened = sum(closes - opens for opens, closes in self.stretches) / 1000
        busy = self.profile.calls_a_day * (self.profile.talk + self.profile.wrap_up) / opened
        for agents in range(max(1, int(busy)), int(3 * busy) + 12):
            fitted = Fitted(agents=agents, patience=self.profile.patience, load=load)
            rate, _ = self.serve(fitted)
            distance = abs(np.log(max(rate, 1e-9) / target))
            if best is not None and distance > best[0]:
                break
            best = distance, fitted
        assert best is not None
        return best[1]

    def spread(self, fitted: Fitted, which: str, most: float, correlation: float) -> Fitted:
        """Return the fit in which the spread between days that `which` names, at most `most`, gives the correlation."""
        low, high, tried = 0.0, most, most / 3
        fits = [fitted]
        for _ in range(STEPS):
            fitted = self._patience(msgspec.structs.replace(fitted, **{which: tried}))
            fits.append(fitted)
            low, high = (tried, high) if fitted.icc < correlation else (low, tried)
            tried = (low + high) / 2 if high < most or low > most / 2 else min(2 * tried, most)
        target = self.profile.expected_lost_rate
        return min(fits, key=lambda each: (abs(each.rate / target - 1) > NEAR_RATE, abs(each.icc - correlation)))

    def _patience(self, fitted: Fitted) -> Fitted:
        """Return the fit with the patience that gives the expected rate, adding or removing agents if necessary."""
        target = self.profile.expected_lost_rate
        fits: list[Fitted] = []
        for _ in range(RUNS):
            rate, correlation = self.serve(fitted)
            fitted = msgspec.structs.replace(fitted, rate=rate, icc=correlation)
            fits.append(fitted)
            if abs(rate / target - 1) < NEAR_RATE / 2:
                break
            patience = min(MOST_PATIENCE, max(LEAST_PATIENCE, fitted.patience * (rate / target) ** 1.2))
            agents = fitted.agents
            if patience == fitted.patience:  # at its bound
                agents, patience = max(1, agents + (1 if rate > target else -1)), self.profile.patience
            fitted = msgspec.structs.replace(fitted, agents=agents, patience=patience)
        return min(fits, key=lambda each: abs(each.rate / target - 1))

    def serve(self, fitted: Fitted) -> tuple[float, float]:
        """Return the lost rate and its correlation by day over the pilot days.

        Each call counts with its probability of being lost, given its potential wait.
        """
        profile, drawn = self.profile, self._drawn(fitted.load)
        patience = fitted.patience * np.exp(fitted.mood * self.temper - fitted.mood**2 / 2)[drawn.order] * 1000.0
        tolerated = drawn.tolerance * patience
        agents = _Agents.of(fitted.agents, drawn.missing, self.stretches)
        at_once = profile.at_once * profile.expected_lost_rate
        lost, squares = np.zeros(self.days), np.zeros(self.days)
        free, first = agents.free.reshape(-1), np.arange(self.days) * fitted.agents
        for step, active in enumerate(drawn.active):
            rows = slice(0, active)
            start = drawn.arrivals[step, rows]
            there = agents.back(start, drawn.stretch[step, rows])
            agent = first[rows] + there.argmin(axis=1)
            begins = there.take(agent)
            waited = begins - start
            chance = at_once + (1 - at_once) * -np.expm1(-waited / patience[rows])
            lost[rows] += chance
            squares[rows] += chance**2
            served = waited <= tolerated[step, rows]
            free[agent[served]] = (begins + drawn.busy[step, rows])[served]
        rate = float(lost.sum() / drawn.offered.sum())
        return rate, icc(lost, drawn.offered, lost**2 - squares + lost)

    def _drawn(self, load: float) -> _Drawn:
        """Return the calls of the pilot days. They are drawn again only if the load changes."""
        if self._calls is None or self._calls.load != load:
            self._calls = self._draw(load)
        return self._calls

    def _draw(self, load: float) -> _Drawn:
        profile, days = self.profile, self.days
        rng = np.random.default_rng(1946)  # Palm's
        crowd = np.exp(load * self.crowd - load**2 / 2)
        offered = rng.poisson(profile.calls_a_day * self.level * crowd)
        order = np.argsort(-offered)  # the busiest first, so that finished days are the last rows
        offered = offered[order]
        steps = int(offered[0])
        uniform = rng.random((days, steps))
        uniform[np.arange(steps)[None, :] >= offered[:, None]] = 1.0
        sigma = profile.talk_spread
        talk = np.exp(sigma * rng.standard_normal((days, steps)) + np.log(profile.talk) - sigma**2 / 2)
        # Row by row, as all days are served call by call.
        arrivals = (self.shape.moments(np.sort(uniform, axis=1)) * 1000.0).T.copy()
        opened = [opens for opens, _ in self.stretches]
        return _Drawn(
            load=load,
            order=order,
            missing=np.array([missing_share(load, float(each)) for each in self.short[order]]),
            offered=offered,
            active=(days - np.searchsorted(offered[::-1], np.arange(steps), side="right")).tolist(),
            arrivals=arrivals,
            stretch=np.maximum(0, np.searchsorted(opened, arrivals, side="right") - 1),
            busy=((talk + profile.wrap_up) * 1000.0 + rng.uniform(*RING, (days, steps))).T.copy(),
            tolerance=rng.exponential(1.0, (days, steps)).T.copy(),
        )


class _Drawn(NamedTuple):
    """The calls of the pilot days: a row for each call of a day, a column for each day."""

    load: float
    order: Places  # of the days, the busiest first
    missing: Floats  # share of the agents' time
    offered: Places  # calls of each day
    active: list[int]  # days with at least one call, two calls, and so on
    arrivals: Floats  # ms
    stretch: Places  # index of the opening stretch of each arrival
    busy: Floats  # ms
    tolerance: Floats  # times the patience of the day


class _Agents(NamedTuple):
    """The agents of the pilot days: a row for each day."""

    free: Floats  # ms from which each is free
    days: Places  # the days on which an agent is absent for part of each hour
    partly: Places  # the index of that agent
    part: Floats  # that part, ms
    opens: int  # ms: the opening of the day
    breaks: Floats | None  # ms: the start of each agent's break by stretch; None if an agent works alone

    @classmethod
    def of(cls, agents: int, missing: Floats, stretches: Openings) -> _Agents:
        """Return the agents of days on which these shares of their time are missing, as in `staff.missing`."""
        absent = agents * missing
        there = agents - absent.astype(int)
        free = np.where(np.arange(agents) >= there[:, None], _NEVER, 0.0)
        starts = [[break_start(agent, agents, *stretch) for agent in range(agents)] for stretch in stretches]
        breaks = np.array(starts, dtype=float) if agents > 1 else None
        part = absent % 1 * HOUR_MS
        days = part.nonzero()[0]
        return cls(free, days, there[days] - 1, part[days], stretches[0][0], breaks)

    def back(self, start: Floats, stretch: Places) -> Floats:
        """Return when each agent can take a call, by the call's moment and stretch on each of the first days."""
        at = np.maximum(self.free[: len(start)], start[:, None])
        some = slice(0, self.days.searchsorted(len(start)))
        days, partly, part = self.days[some], self.partly[some], self.part[some]
        own = at[days, partly]
        phase = (own - self.opens) % HOUR_MS
        at[days, partly] = np.where(phase < part, own + part - phase, own)
        if self.breaks is not None:
            begins = self.breaks.take(stretch, axis=0)
            ends = begins + BREAK
            np.copyto(at, ends, where=(at >= begins) & (at < ends))
        return at
