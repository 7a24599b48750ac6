"""The band that a recording rule of Prometheus draws around the same hour of earlier days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean, pstdev
from typing import Final

from benchmarks.detection.detectors import outcomes
from streams.calls.rules import LineRules
from streams.events import CallEvent
from streams.kept.times import HOUR_MS

LEAST: Final = 5  # calls that it needs in an hour
WEEKS: Final = 28 * 24  # hours that it looks back
LEAST_PAST: Final = 10  # hours that it needs of them
SPREADS: Final = 3.0  # standard deviations


def band(events: Sequence[CallEvent], rules: LineRules) -> Iterator[int]:
    """Alert at the end of an hour whose rate is beyond the mean and three deviations of that hour in four weeks."""
    hours: dict[int, list[bool]] = {}
    for call in outcomes(events, rules):
        hours.setdefault(call.at // HOUR_MS, []).append(call.lost)
    rates = {hour: fmean(lost) for hour, lost in hours.items() if len(lost) >= LEAST}
    for hour, rate in rates.items():
        past = [rates[each] for each in range(hour - WEEKS, hour, 24) if each in rates]
        if len(past) >= LEAST_PAST and rate > fmean(past) + SPREADS * pstdev(past):
            yield (hour + 1) * HOUR_MS
