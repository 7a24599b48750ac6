"""The service level: the share of calls that were answered within the line's promise."""

from __future__ import annotations


def service_level(within: int, answered: int, timed: int, calls: int) -> float | None:
    """Return the share of `calls` that were answered `within` the limit; `timed` of the `answered` have a known wait.

    An answered call whose wait is not known is left out, as it may have been answered in time or not. None if no wait
    of an answered call is known, or no call is left. If no call was answered, the level is 0.

    >>> service_level(within=6, answered=9, timed=8, calls=13), service_level(0, 9, 0, 13), service_level(0, 0, 0, 4)
    (0.5, None, 0.0)
    """
    known = calls - (answered - timed)
    return within / known if known > 0 and (timed or not answered) else None
