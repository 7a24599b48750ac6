"""The waits of one reading: their mean lies within the bounds of their distribution.

Of `answered` people, some were answered within each of several limits. So their mean is smallest if each has waited
exactly the limit below, and largest if each has waited exactly the limit above. A mean outside these bounds is wrong,
or the distribution is. If another unit brings the mean within them, the unit is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from msgspec import Struct

WaitsFault: TypeAlias = Literal["unit", "order", "mismatch"]
LONGEST: Final = 43_200.0  # s: the longest wait of a day
ROUNDED: Final = 1.0  # s: means and limits are often rounded
UNITS: Final = (60.0, 1 / 60, 1000.0, 1 / 1000)
FEW: Final = 10  # people


class ReadingWaits(Struct, frozen=True, array_like=True):
    """The waits of a reading."""

    answered: int | None = None
    mean: float | None = None  # s
    within: tuple[tuple[float, int], ...] = ()  # people answered within each limit (s), by limit


def waits_of(answered: int | None, mean: float | None, within: Mapping[str, int] | None) -> ReadingWaits | None:
    """Return the waits of a reading; None if it has none."""
    limits = tuple(sorted((float(limit), people) for limit, people in (within or {}).items()))
    return None if mean is None and not limits else ReadingWaits(answered, mean, limits)


def bounds(waits: ReadingWaits) -> tuple[float, float] | None:
    """Return the least and the greatest mean wait (s) of a distribution; None without one.

    >>> bounds(ReadingWaits(100, None, ((20.0, 60), (60.0, 90))))
    (12.0, 4350.0)
    """
    if not waits.answered or not waits.within:
        return None
    least = most = before = 0.0
    below = 0
    for limit, people in (*waits.within, (LONGEST, waits.answered)):
        least += (people - below) * before
        most += (people - below) * limit
        below, before = people, limit
    return least / waits.answered, most / waits.answered


def fault(waits: ReadingWaits) -> WaitsFault | None:
    """Return the fault of the waits of a reading, or None.

    >>> fault(ReadingWaits(100, 18.3, ((60.0, 10), (600.0, 40)))), fault(ReadingWaits(100, 40.0, ((20.0, 120),)))
    ('unit', 'order')
    """
    counts = [people for _, people in waits.within]
    if counts != sorted(counts) or (waits.answered is not None and counts and counts[-1] > waits.answered):
        return "order"
    limits = bounds(waits)
    if limits is None or waits.mean is None or (waits.answered or 0) < FEW or _between(waits.mean, limits):
        return None
    return "unit" if any(_between(waits.mean * unit, limits) for unit in UNITS) else "mismatch"


def _between(mean: float, limits: tuple[float, float]) -> bool:
    least, most = limits
    return least - ROUNDED <= mean <= most + ROUNDED
