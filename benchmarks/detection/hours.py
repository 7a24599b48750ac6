"""Overload by hours: which hours callers truly had a bad time, and how well the incidents tell them.

A bad hour is a clock hour in which truly more than three times the usual rate was lost, and by chance alone hardly
ever so many: a binomial tail below 1e-4. A bad day is the same of a day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct
from scipy.stats import binom

from benchmarks.detection.detectors import Alarm
from streams.kept.times import DAY_MS, HOUR_MS, QUARTER_MS

TIMES: Final = 3.0  # the usual rate
CHANCE: Final = 1e-4
MINUTE_MS: Final = 60_000
YEAR_DAYS: Final = 365.25

Calls = Sequence[tuple[int, bool]]  # when each began (epoch ms), and whether it was truly lost


class Hours(Struct, frozen=True, kw_only=True):
    """Hold how well overloads were told by the hour."""

    bad: int  # hours
    told: int  # of them: in an overload incident, or beside one
    alerts: int  # overload incidents
    right: int  # of them: with a bad hour, or on a bad day
    delays: list[float]  # min from the start of the first bad quarter to the detection, by incident that is right
    stays: list[float]  # h from the end of the last bad hour until the incident was closed
    most: int  # incidents detected on one day
    years: float  # from the first call to the last


def bad(lost: int, calls: int, usual: float) -> bool:
    """Tell whether so many lost of so many calls are far more than usual.

    >>> bad(6, 20, 0.02), bad(1, 20, 0.02)
    (True, False)
    """
    return lost > TIMES * usual * calls and float(binom.sf(lost - 1, calls, usual)) < CHANCE


def bad_stretches(calls: Calls, usual: float, key: Callable[[int], int]) -> list[int]:
    """Return the stretches, by the number that `key` gives a moment, that were bad; in order."""
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for at, lost in calls:
        both = counts[key(at)]
        both[0] += lost
        both[1] += 1
    return sorted(number for number, (lost, all_calls) in counts.items() if bad(lost, all_calls, usual))


def hours(alarms: Iterable[Alarm], calls: Calls, usual: float, day_of: Callable[[int], int]) -> Hours:
    """Return how well the overloads among a line's incidents tell its bad hours."""
    rushes = [each for each in alarms if each.verdict == "overload"]
    bad_hours = bad_stretches(calls, usual, lambda at: at // HOUR_MS)
    bad_days = bad_stretches(calls, usual, day_of)
    told: set[int] = set()
    right = 0
    delays: list[float] = []
    stays: list[float] = []
    for each in rushes:
        held = [hour for hour in bad_hours if each.start <= (hour + 1) * HOUR_MS and hour * HOUR_MS <= each.end]
        told.update(held)
        right += bool(held) or any(
            day_of(each.start) <= day <= day_of(max(each.start, each.end - 1)) for day in bad_days
        )
        if held:
            begun = _first_quarter(calls, held[0], usual)
            delays.append(max(0.0, (each.detected - begun) / MINUTE_MS))
            stays.append(max(0.0, (each.off - (held[-1] + 1) * HOUR_MS) / HOUR_MS))
    days = Counter(day_of(each.detected) for each in rushes)
    return Hours(
        bad=len(bad_hours),
        told=len(told),
        alerts=len(rushes),
        right=right,
        delays=delays,
        stays=stays,
        most=max(days.values(), default=0),
        years=(calls[-1][0] - calls[0][0]) / DAY_MS / YEAR_DAYS if calls else 0.0,
    )


def _first_quarter(calls: Calls, hour: int, usual: float) -> int:
    """Return the start (ms) of the first quarter of an hour in which more than three times the usual were lost."""
    quarters: defaultdict[int, list[bool]] = defaultdict(list)
    for at, lost in calls:
        if at // HOUR_MS == hour:
            quarters[at // QUARTER_MS].append(lost)
    return (
        min(
            (quarter for quarter, lost in quarters.items() if sum(lost) > TIMES * usual * len(lost)),
            default=hour * HOUR_MS // QUARTER_MS,
        )
        * QUARTER_MS
    )
