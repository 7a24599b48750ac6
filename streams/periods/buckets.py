"""What a desk counted in stretches of its slots: beside what is believed of it, summed by hour, day, week or weekday.

A bucket is a stretch of slots; several joined are a bucket again. So buckets may be joined in any grouping, and come to
the same. A row holds the counts of a bucket, the first of them all that came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from msgspec.structs import astuple

from streams.figures.counted import Counted, sum_of
from streams.figures.cut import monday
from streams.figures.withhold import believed
from streams.ledger.reasons import NOTHING, CallReasons, summed
from streams.periods.named import BucketGrain
from streams.watch.guard import Guard

Row: TypeAlias = tuple[int, ...]
WeekHour: TypeAlias = tuple[int, int]  # a weekday, 0 for Monday, and a local hour
K = TypeVar("K", bound=Hashable)


class Bucket(NamedTuple):
    """Hold what was counted in slots, and what is believed of those of which anything is."""

    day: date  # local, of its first slot
    hour: int  # the same
    first: int  # number of its first slot
    end: int  # that of the slot after its last
    sum: Counted[Any]  # of its slots
    guard: Guard | None = None  # why the figure of the whole period is withheld
    reasons: CallReasons = NOTHING  # of a line's calls as they were counted

    @property
    def counted(self) -> Row:
        """Return the raw counts of its slots."""
        return astuple(self.sum.raw)

    @property
    def believed(self) -> Row | None:
        """Return what is believed of it, as far as it is covered; None where that is withheld."""
        known = believed(self.sum, self.guard)
        return None if known is None else astuple(known)


def joined(buckets: Sequence[Bucket]) -> Bucket:
    """Return buckets, at least one and in their order, as one."""
    first = buckets[0]
    if len(buckets) == 1:
        return first
    return Bucket(
        first.day,
        first.hour,
        first.first,
        buckets[-1].end,
        sum_of([each.sum for each in buckets]),
        first.guard,
        summed(each.reasons for each in buckets),
    )


def grouped(buckets: Iterable[Bucket], key: Callable[[Bucket], K]) -> dict[K, Bucket]:
    """Return the buckets of each key as one, in the order in which the keys come first."""
    groups = defaultdict[K, list[Bucket]](list)
    for each in buckets:
        groups[key(each)].append(each)
    return {name: joined(group) for name, group in groups.items()}


def week_hour(bucket: Bucket) -> WeekHour:
    """Return the weekday and the hour in which a bucket begins."""
    return bucket.day.weekday(), bucket.hour


def day_hour(bucket: Bucket) -> tuple[date, int]:
    """Return the day and the hour in which a bucket begins."""
    return bucket.day, bucket.hour


GRAINS: Final[Mapping[BucketGrain, Callable[[Bucket], Hashable]]] = {
    "quarter": lambda each: each.first,
    "hour": day_hour,
    "day": lambda each: each.day,
    "week": lambda each: monday(each.day),
    "month": lambda each: (each.day.year, each.day.month),
}


class UsualWeek:
    """Hold what usually comes in a slot, by weekday and hour: the mean over the believed slots of other days."""

    def __init__(self, hours: Iterable[Bucket]) -> None:
        """Take the buckets of the other days; those of one weekday and hour stand together."""
        self._cells = {
            key: tuple(count / (each.slots - each.left_out) for count in astuple(each.believed))
            for key, each in ((key, bucket.sum) for key, bucket in grouped(hours, week_hour).items())
            if each.slots > each.left_out
        }

    def of(self, hours: Sequence[Bucket]) -> tuple[float, ...] | None:
        """Return what usually comes in the slots of buckets of one hour each; None where that is not known of one."""
        cells = [self._cells.get(week_hour(each)) for each in hours]
        if not cells or None in cells:
            return None
        rows = [[count * each.sum.slots for count in cell] for each, cell in zip(hours, cells, strict=True) if cell]
        return tuple(map(sum, zip(*rows, strict=True)))
