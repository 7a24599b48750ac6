"""EARS C1, C2 and C3, the aberration detectors of public health, on the daily counts of lost calls.

Hutwagner, Thompson, Seeman and Treadwell, The bioterrorism preparedness and response Early Aberration Reporting System
(2003). Days are those that have calls. Where the seven days are all alike, any count above them is an alarm, as in R's
surveillance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from statistics import fmean, stdev
from typing import Final, NamedTuple

from benchmarks.detection.detectors import Detector, outcomes
from streams.calls.rules import LineRules
from streams.events import CallEvent

BASE: Final = 7  # days of the baseline
LAG: Final = 2  # days between the baseline and the day, for C2 and C3
FAR: Final = 3.0  # standard deviations: an alarm of C1 and C2
FAR_TOGETHER: Final = 2.0  # the same of the three days of C3, beyond one each


class DayCount(NamedTuple):
    """Hold the lost calls of a day, known when its last call is."""

    at: int  # epoch ms
    lost: int


def daily(events: Sequence[CallEvent], rules: LineRules) -> list[DayCount]:
    """Return the lost calls of every day that has calls, in order."""
    days: dict[int, DayCount] = {}
    for call in outcomes(events, rules):
        day = rules.day(call.at)
        before = days.get(day, DayCount(0, 0))
        days[day] = DayCount(max(before.at, call.at), before.lost + call.lost)
    return [days[day] for day in sorted(days)]


def deviations(counts: Sequence[int], lag: int) -> list[float]:
    """Return how many standard deviations each count is above the seven that end `lag` days before; 0 where none do.

    >>> deviations([1, 2, 3, 1, 2, 3, 2, 8], 0)[-1] > 7
    True
    """
    found = []
    for number, count in enumerate(counts):
        past = counts[max(0, number - lag - BASE) : max(0, number - lag)]
        above = 0.0
        if len(past) == BASE:
            spread, over = stdev(past), count - fmean(past)
            above = over / spread if spread else inf if over > 0 else 0.0
        found.append(above)
    return found


def ears(lag: int) -> Detector:
    """Return C1 (no lag) or C2."""

    def alarms(events: Sequence[CallEvent], rules: LineRules) -> Iterator[int]:
        days = daily(events, rules)
        for day, above in zip(days, deviations([each.lost for each in days], lag), strict=True):
            if above > FAR:
                yield day.at

    return alarms


def ears_c3(events: Sequence[CallEvent], rules: LineRules) -> Iterator[int]:
    """Alert where C2 of the last three days, less one each, adds up."""
    days = daily(events, rules)
    beyond = [max(0.0, each - 1) for each in deviations([each.lost for each in days], LAG)]
    for number, day in enumerate(days):
        if sum(beyond[max(0, number - 2) : number + 1]) > FAR_TOGETHER:
            yield day.at
