"""Twins: detects a call that is reported twice under two ids, because two of its figures agree with another call's.

A copy has the wait and the talk of its original, under any id and at any later moment. By chance two calls seldom agree
in both to a tenth of a second, unless a line answers every call after the same wait or its source rounds. So the chance
is measured on the line's own calls: if x of n calls have one wait and y have one talk, about x y / n of them have both,
as in a contingency table with independent rows and columns (Pearson 1900).
"""

from __future__ import annotations

A_TENTH = 100  # ms
A_SECOND = 1_000  # ms
COARSE = 5_000  # ms: figures rounded to this are equal too often
HALF = 0.5  # Jeffreys: the chance is never 0
RARE = 0.002  # chance agreements for each call, at most
FEW = 1.3  # chance agreements of a whole sample, if it is too small to measure such a chance


def precise(wait: int, talk: int) -> bool:
    """Return whether figures (ms) are finer than whole seconds.

    >>> precise(8_250, 61_040), precise(8_000, 61_040)
    (True, False)
    """
    return bool(wait % A_SECOND and talk % A_SECOND)


def coarse(wait: int, talk: int) -> bool:
    """Return whether both figures (ms) may be rounded to several seconds."""
    return not (wait % COARSE or talk % COARSE)


def by_chance(waits: int, talks: int, calls: int) -> bool:
    """Return whether calls may agree by chance: `waits` of the other `calls` have their wait, and `talks` their talk.

    >>> by_chance(waits=0, talks=0, calls=30), by_chance(waits=26, talks=0, calls=30)
    (False, True)
    """
    return (waits + HALF) * (talks + HALF) > max(RARE * calls, FEW)
