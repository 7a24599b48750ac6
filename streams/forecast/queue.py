"""A half-hour of a queue, played many times at once: first come, first served, callers give up.

Callers go to the first free agent. Erlang A (`streams.insight.erlang`) gives the long run at a constant rate, but a
half-hour of a few calls is far from it, so it is simulated.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.forecast.past import Floats

Ints = NDArray[np.int64]


class PlayedCallers(NamedTuple):
    """The callers of a half-hour: one row a play, one column a caller; times in seconds."""

    calls: Ints  # of each play
    moments: Floats  # of arrival, in order
    busy: Floats  # an agent is busy with each
    patience: Floats  # of each; 0 for a caller who hangs up at once

    def of(self, plays: Ints) -> PlayedCallers:
        """Return the callers of some plays alone."""
        return PlayedCallers(self.calls[plays], self.moments[plays], self.busy[plays], self.patience[plays])


class PlayedOutcomes(NamedTuple):
    """What came of the callers of each play."""

    calls: Ints
    in_time: Ints  # answered within the limit
    lost: Ints
    waited: Floats  # seconds that the answered callers waited, in all

    @classmethod
    def none(cls, plays: int) -> PlayedOutcomes:
        """Return the outcomes of plays without a caller."""
        nothing = np.zeros(plays, dtype=np.int64)
        return cls(nothing, nothing, nothing, np.zeros(plays))

    def plus(self, other: PlayedOutcomes) -> PlayedOutcomes:
        return PlayedOutcomes(
            self.calls + other.calls, self.in_time + other.in_time, self.lost + other.lost, self.waited + other.waited
        )


def play(callers: PlayedCallers, agents: Ints, free: Floats, within: float) -> tuple[PlayedOutcomes, Floats]:
    """Return what came of the callers, and since when each agent is free then.

    `agents` has how many are there in each play; `free` since when each is free, one row a play. A caller
    is in time who waits at most `within`; without an agent all are lost.
    """
    free = free.copy()
    in_time, lost = np.zeros(len(free), dtype=np.int64), np.zeros(len(free), dtype=np.int64)
    waited = np.zeros(len(free))
    away = np.where(np.arange(free.shape[1]) < agents[:, None], 0.0, np.inf)
    order = np.argsort(-callers.calls, kind="stable")
    remaining = -callers.calls[order]
    for step in range(int(callers.calls.max(initial=0))):
        rows = order[: np.searchsorted(remaining, -step)]
        there = free[rows] + away[rows]
        agent = there.argmin(axis=1)
        moment = callers.moments[rows, step]
        begins = np.maximum(there[np.arange(len(rows)), agent], moment)
        wait = begins - moment
        patience = callers.patience[rows, step]
        stays = (wait <= patience) & (patience > 0) & np.isfinite(wait)
        lost[rows] += ~stays
        in_time[rows] += stays & (wait <= within)
        waited[rows] += np.where(stays, wait, 0.0)
        free[rows[stays], agent[stays]] = (begins + callers.busy[rows, step])[stays]
    return PlayedOutcomes(callers.calls, in_time, lost, waited), free
