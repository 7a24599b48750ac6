"""The usual values of a line, with which a stretch of slots is compared."""

from __future__ import annotations

from typing import NamedTuple

from streams.watch.thresholds import WITNESS


class Usual(NamedTuple):
    """The usual values of a line for a stretch of slots; None if not known yet."""

    lost: float  # expected lost calls of those offered
    offered: float | None  # expected calls
    wait: float | None  # ms: mean of the answered
    spread: float  # variance of the logarithm of a day's mean wait
    days: int  # opening days in the stretch
    answered_log_wait: float | None  # mean `log_wait` (`streams.watch.slot`) of the answered
    lost_log_wait: float | None  # the same of the lost, except those lost at once
    at_once: float  # share of the lost that do not wait at all
    callers_told: bool = True  # most calls have a caller
    no_wait: float = 0.0  # share of the answered that do not wait at all
    talk: float | None = None  # ms: mean of the answered
    alike: float = 0.0  # share of the answered without a wait and without a caller
    back: float = WITNESS.back_after_lost  # share of the lost that call again within half an hour
