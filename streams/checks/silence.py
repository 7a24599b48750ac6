"""Silence: detects an open line that is without calls for longer than chance explains.

Arrivals vary by more than a Poisson law: their dispersion, the variance over the mean, is above 1. So the chance of
none instead of `expected` calls follows a negative binomial, dispersion ^ (-expected / (dispersion - 1)),
and is e^-expected if the dispersion is 1. One line alone does not show whether the line or its feed is cut.
"""

from __future__ import annotations

from math import log

from msgspec import Struct


def log_chance(expected: float, dispersion: float = 1.0, spread: float = 0.0) -> float:
    """Return the log-probability that none of the `expected` events comes.

    Their variance is `expected * dispersion + spread * expected ** 2`.

    >>> log_chance(9.0), round(log_chance(9.0, dispersion=2.0), 2), round(log_chance(9.0, spread=0.1), 2)
    (-9.0, -6.24, -6.42)
    """
    excess = max(0.0, dispersion - 1.0) + spread * expected
    return -expected * log(1.0 + excess) / excess if excess else -expected


class SilenceState(Struct, array_like=True):
    """The present silence; all as at the beginning while events come."""

    since: int = 0  # epoch ms
    expected: float = 0.0  # events that should have come since then
    day: int = -1  # the last day of the silence
    today: float = 0.0  # events that should have come on that day
    before: float = 0.0  # log-probability of nothing on the days before it


class SilenceCheck(Struct, frozen=True):
    """The check of one line.

    >>> check, state = SilenceCheck(chance=1e-6, spread=0.0), SilenceState()
    >>> [check.add(state, came, 4.0, at, day=1, dispersion=1.2) for at, came in enumerate([3, 0, 0, 0, 0, 5])]
    [False, False, False, False, True, False]
    >>> state == SilenceState()
    True
    """

    chance: float  # probability below which silence is an alarm
    spread: float  # variance of a day's arrivals / mean squared, because days are quiet as a whole

    def add(self, state: SilenceState, came: int, expected: float, at: int, day: int, dispersion: float = 1.0) -> bool:
        """Add one stretch that begins at a moment (epoch ms) of a day; return whether the line has fallen silent.

        `came` of the `expected` events came; a stretch of closed hours expects none.
        """
        if came:
            state.since, state.expected, state.day, state.today, state.before = 0, 0.0, -1, 0.0, 0.0
            return False
        if not state.expected:
            state.since = at
        if day != state.day:
            state.before += log_chance(state.today, dispersion, self.spread)
            state.day, state.today = day, 0.0
        state.expected += expected
        state.today += expected
        return state.before + log_chance(state.today, dispersion, self.spread) <= log(self.chance)
