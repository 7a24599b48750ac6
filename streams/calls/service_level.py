"""The service level: the share of calls answered within the line's promised time."""

from __future__ import annotations


def service_level(within: int, answered: int, timed: int, calls: int) -> float | None:
    """Return the share of `calls` answered `within` the limit; `timed` of the `answered` have a known wait.

    Answered calls with an unknown wait are left out, as they may or may not have been in time. Return None if no call
    is left, or if there are answered calls but none with a known wait. Return 0 if calls are left but none is answered.

    >>> service_level(within=6, answered=9, timed=8, calls=13), service_level(0, 9, 0, 13), service_level(0, 0, 0, 4)
    (0.5, None, 0.0)
    """
    known = calls - (answered - timed)
    return within / known if known > 0 and (timed or not answered) else None
