"""The work of a call or a visit and the patience of callers, learnt from a desk's own days.

Talk and patience are means over days, so they have the errors of ratio estimators, with days as clusters (Cochran
1977). Patience is exponential: callers who gave up over the time that all waited (Brown et al. 2005), both beyond the
first seconds, in which callers hang up for other reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log1p, sqrt
from typing import Final

from msgspec import Struct

from streams.indicators.wait import merged
from streams.kept.waits import Waits, middle
from streams.ledger.day import LineDay, ServiceDay

LEAST: Final = 30  # calls or visits with a known length; with fewer nothing is learnt
SPREAD: Final = 0.7  # sigma of the logarithm of talk times: Brown et al. (2005)
PATIENCE: Final = 300.0  # s: mean before anything is known; it counts as one caller who gave up
RINGING: Final = 10.0  # s: a longer wait is no ringing
RINGS: Final = 0.25  # share of the answered calls whose wait is only ringing, at least


class Handling(Struct, frozen=True, kw_only=True):
    """The work and the patience of a desk's calls or visits; times are in seconds, errors relative."""

    talk: float  # mean
    talk_error: float = 0.0  # standard error of the mean
    spread: float = SPREAD  # sigma of the logarithm of talk times
    around: float = 0.0  # an agent is busy before and after each talk: ringing, wrap-up
    ringing: float = 0.0  # the part of it before the talk, which callers wait for
    patience: float = inf  # mean; infinite if callers never give up
    patience_error: float = 0.0
    hung_up: float = 0.0  # share that hangs up at once
    aside: float = 0.0  # share that needs no agent: diverted calls, tickets without a visitor


def of_line(days: Sequence[LineDay], short_call: float, wrap_up: float, talk: float | None = None) -> Handling | None:
    """Return the handling of a line's calls; None if its mean `talk` is not given and too few talk times are known.

    `short_call`, `wrap_up` and `talk` are in seconds.
    """
    talks = [day.talks for day in days if day.talks is not None and day.talks.count > 0]
    talk_error, spread = 0.0, SPREAD
    if talk is None:
        if sum(each.count for each in talks) < LEAST:
            return None
        talk, talk_error = _ratio([(each.total / 1000, each.count) for each in talks])
        spread = _spread(merged(talks))
    giving_up, error = _ratio([(1.0, PATIENCE), *(_beyond(day, short_call * 1000) for day in days)])
    slots = [slot for day in days for slot in day.slots.values()]
    offered = max(sum(slot.offered for slot in slots), 1)
    answered = merged(day.answered_waits for day in days)
    ringing = min((answered.quantile(RINGS) or 0.0) / 1000, RINGING)
    return Handling(
        talk=talk,
        talk_error=talk_error,
        spread=spread,
        around=ringing + wrap_up,
        ringing=ringing,
        patience=1 / giving_up,
        patience_error=error,
        hung_up=sum(slot.lost_short for slot in slots) / offered,
        aside=sum(slot.diverted for slot in slots) / offered,
    )


def of_service(days: Sequence[ServiceDay]) -> Handling | None:
    """Return the handling of a service's visits; None if too few times at the counter are known."""
    days = [day for day in days if day.times_in_service.count]
    if sum(day.times_in_service.count for day in days) < LEAST:
        return None
    time, error = _ratio([(day.times_in_service.total / 1000, day.times_in_service.count) for day in days])
    slots = [slot for day in days for slot in day.slots.values()]
    gone = sum(slot.no_show + slot.cancelled for slot in slots)
    return Handling(
        talk=time,
        talk_error=error,
        spread=_spread(merged(day.times_in_service for day in days)),
        aside=gone / max(sum(slot.issued for slot in slots), 1),
    )


def _ratio(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the ratio of two sums over days, and its relative standard error.

    >>> _ratio([(300.0, 2), (300.0, 2)])
    (150.0, 0.0)
    """
    above, below = (sum(pair[place] for pair in pairs) for place in (0, 1))
    ratio = above / below
    squares = sum((one - ratio * other) ** 2 for one, other in pairs)
    return ratio, sqrt(squares * len(pairs) / max(len(pairs) - 1, 1)) / above


def _beyond(day: LineDay, short: float) -> tuple[float, float]:
    """Return how many callers of a day gave up after more than `short` ms, and how long all waited beyond (s)."""
    gave_up = sum(count for number, count in day.lost_waits.bins.items() if middle(number) > short)
    waited = sum(
        count * max(0.0, middle(number) - short)
        for waits in (day.answered_waits, day.lost_waits)
        for number, count in waits.bins.items()
    )
    return float(gave_up), waited / 1000


def _spread(times: Waits) -> float:
    """Return the sigma of a lognormal distribution with the mean and variance of some times."""
    mean = times.total / times.count
    squares = sum(count * middle(number) ** 2 for number, count in times.bins.items()) / times.count
    return sqrt(log1p(max(squares / mean**2 - 1, 0.0))) if mean else SPREAD
