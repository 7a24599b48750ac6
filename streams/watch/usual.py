"""What is usual on a line: what a stretch of slots is held against."""

from __future__ import annotations

from typing import Final, NamedTuple

BACK_AFTER_LOST: Final = 0.389  # share who call again within 30 min; 33,344 bank calls of February 1999 (Technion)
BACK_AFTER_ANSWERED: Final = 0.093  # the same source
AT_ONCE_SHARE: Final = 0.265  # of real losses; the same source


class Usual(NamedTuple):
    """Hold what is usual on the line in a stretch of slots; None is for what nobody knows yet."""

    lost: float  # calls to expect lost, of as many as were offered
    offered: float | None  # calls to expect
    wait: float | None  # ms: mean of the answered
    spread: float  # variance of the logarithm of a day's mean wait
    days: int  # opening days in the stretch
    answered_depth: float | None  # mean depth (`streams.watch.slot.depth`) of the answered
    lost_depth: float | None  # the same of the lost that were not lost at once
    at_once: float  # share of the lost that do not wait at all
    callers_told: bool = True  # most calls have a caller
    no_wait: float = 0.0  # share of the answered that do not wait at all
    back: float = BACK_AFTER_LOST  # share of the lost that call again within half an hour
