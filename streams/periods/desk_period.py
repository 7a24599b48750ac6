"""The counts of a desk over a period, from the buckets of its slots: as a whole, over time, by hour and by weekday."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from streams.periods.buckets import GRAINS, Bucket, UsualWeek, WeekHour, day_hour, grouped, joined, week_hour
from streams.periods.named import BucketGrain


class TimedBucket(NamedTuple):
    """A bucket of the curve over time, and its usual counts."""

    bucket: Bucket
    usual: tuple[float, ...] | None  # None if unknown


class DeskPeriod(NamedTuple):
    """A desk over a period; empty if it has no slot."""

    whole: Bucket | None
    usual: tuple[float, ...] | None  # in all of its slots
    grain: BucketGrain
    curve: list[TimedBucket]
    hours: dict[int, Bucket]  # by local hour
    week: dict[WeekHour, Bucket]


def desk_period(slots: Sequence[Bucket], grain: BucketGrain, usual: UsualWeek) -> DeskPeriod:
    """Return a desk over a period; `slots` are buckets of one slot or one hour each, in order."""
    by_hour = list(grouped(slots, day_hour).values())
    finest = slots if grain == "quarter" else by_hour
    parts = defaultdict[Hashable, list[Bucket]](list)
    for each in finest:
        parts[GRAINS[grain](each)].append(each)
    return DeskPeriod(
        joined(by_hour) if by_hour else None,
        usual.of(by_hour),
        grain,
        [TimedBucket(joined(each), usual.of(each)) for each in parts.values()],
        dict(sorted(grouped(by_hour, lambda each: each.hour).items())),
        grouped(by_hour, week_hour),
    )
