"""Silence: tell when nothing coming from an open line is no accident, and where the feed is cut.

Arrivals vary by more than a Poisson law (dispersion: variance over mean, above 1), so the chance of none
where `expected` should come is that of a negative binomial, dispersion ^ (-expected / (dispersion - 1)),
and e^-expected where the dispersion is 1. Where lines of one source, or all, are silent at once, the feed
is blamed before the lines (as Caltrans' PeMS blames the upstream first).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, log
from typing import Literal, TypeAlias

from msgspec import Struct

Scope: TypeAlias = Literal["line", "source", "all"]


def log_chance(expected: float, dispersion: float = 1.0, spread: float = 0.0) -> float:
    """Return the log-probability that nothing comes where `expected` events should.

    Their variance is `expected * dispersion + spread * expected ** 2`.

    >>> log_chance(9.0), round(log_chance(9.0, dispersion=2.0), 2), round(log_chance(9.0, spread=0.1), 2)
    (-9.0, -6.24, -6.42)
    """
    excess = max(0.0, dispersion - 1.0) + spread * expected
    return -expected * log(1.0 + excess) / excess if excess else -expected


class SilenceState(Struct, array_like=True):
    """Hold since when (epoch ms) nothing came, and how many events should have by now; both zero while they come.

    `today` of them should have come on the last `day`; `before` is the log-chance of nothing on those before it.
    """

    since: int = 0
    expected: float = 0.0
    day: int = -1
    today: float = 0.0
    before: float = 0.0


class Silence(Struct, frozen=True):
    """Watch one line; `chance` is the probability at which silence is no accident.

    All of a quiet day is quiet: `spread` is the variance of a day's arrivals over their mean squared.

    >>> check, state = Silence(chance=1e-6, spread=0.0), SilenceState()
    >>> [check.add(state, came, 4.0, at, day=1, dispersion=1.2) for at, came in enumerate([3, 0, 0, 0, 0, 5])]
    [False, False, False, False, True, False]
    >>> state == SilenceState()
    True
    """

    chance: float
    spread: float

    def add(self, state: SilenceState, came: int, expected: float, at: int, day: int, dispersion: float = 1.0) -> bool:
        """Fold one stretch that begins at a moment (epoch ms) of a day; return whether the line has fallen silent.

        `came` events of the `expected` ones; a stretch of closed hours expects none.
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


class Silent(Struct, frozen=True):
    """Say what is silent: `name` is the line, the source, or empty for all; `chance` that it is an accident."""

    scope: Scope
    name: str
    lines: tuple[str, ...]
    chance: float


class Heard(Struct, frozen=True):
    """Hold one line's part in a question of silence: its source, whether anything came, the log-chance of nothing."""

    line: str
    source: str
    came: bool
    log_chance: float


def blame(heard: Iterable[Heard], chance: float) -> list[Silent]:
    """Return what is silent over one common stretch, the widest explanation first.

    A scope is silent if nothing came from any line of it and that is no accident for them together;
    so a source is found silent sooner than its lines alone. With one source it is said of `all`.

    >>> lines = [Heard("standard", "pbx", False, -9.0), Heard("circulation", "pbx", False, -8.0),
    ...          Heard("etrangers", "other", True, -3.0)]
    >>> [(silent.scope, silent.name) for silent in blame(lines, 1e-6)]
    [('source', 'pbx')]
    """
    every = sorted(heard, key=lambda one: one.line)
    if len(every) > 1 and (found := _silent("all", "", every, chance)):
        return [found]
    silent: list[Silent] = []
    for source in sorted({one.source for one in every}):
        lines = [one for one in every if one.source == source]
        if found := _silent("source", source, lines, chance) if len(lines) > 1 else None:
            silent.append(found)
        else:
            silent.extend(found for one in lines if (found := _silent("line", one.line, [one], chance)))
    return silent


def _silent(scope: Scope, name: str, lines: list[Heard], chance: float) -> Silent | None:
    together = sum(one.log_chance for one in lines)
    if any(one.came for one in lines) or together > log(chance):
        return None
    return Silent(scope, name, tuple(one.line for one in lines), exp(together))
