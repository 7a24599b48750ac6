"""A desk's counts and believed counts in stretches of its slots, by hour, day, week or weekday.

A bucket is a stretch of slots. Joined buckets are again a bucket, and any grouping gives the same sums. A row has the
counts of a bucket, and begins with the total.
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
from streams.indicators.indicator import ObservationStatus
from streams.kept.times import QUARTER_MS
from streams.ledger.reasons import NOTHING, CallReasons, summed
from streams.periods.named import BucketGrain
from streams.watch.guard import Guard

Row: TypeAlias = tuple[int, ...]
WeekHour: TypeAlias = tuple[int, int]  # a weekday, 0 for Monday, and a local hour
K = TypeVar("K", bound=Hashable)


class Bucket(NamedTuple):
    """The counts of some slots: raw and believed."""

    day: date  # local, of its first slot
    hour: int  # local, of its first slot
    first: int  # number of its first slot
    end: int  # number of the slot after its last
    sum: Counted[Any]  # of its slots
    guard: Guard | None = None  # why the figure of the whole period is withheld
    reasons: CallReasons = NOTHING  # of a line's raw calls

    @property
    def counted(self) -> Row:
        return astuple(self.sum.raw)

    @property
    def believed(self) -> Row | None:
        """Return the believed counts of the covered part of the bucket, or None if withheld."""
        known = believed(self.sum, self.guard)
        return None if known is None else astuple(known)


def joined(buckets: Sequence[Bucket]) -> Bucket:
    """Join one or more buckets in order."""
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
    """Join the buckets that have the same key, in the order in which keys first appear."""
    groups = defaultdict[K, list[Bucket]](list)
    for each in buckets:
        groups[key(each)].append(each)
    return {name: joined(group) for name, group in groups.items()}


def week_hour(bucket: Bucket) -> WeekHour:
    return bucket.day.weekday(), bucket.hour


def day_hour(bucket: Bucket) -> tuple[date, int]:
    return bucket.day, bucket.hour


GRAINS: Final[Mapping[BucketGrain, Callable[[Bucket], Hashable]]] = {
    "quarter": lambda each: each.first,
    "hour": day_hour,
    "day": lambda each: each.day,
    "week": lambda each: monday(each.day),
    "month": lambda each: (each.day.year, each.day.month),
}


class UsualWeek:
    """The usual counts of a slot by weekday and hour: the mean over the believed slots of other days."""

    def __init__(self, hours: Iterable[Bucket]) -> None:
        """Add the buckets of the other days, sorted by weekday and hour."""
        self._cells = {
            key: tuple(count / (each.slots - each.left_out) for count in astuple(each.believed))
            for key, each in ((key, bucket.sum) for key, bucket in grouped(hours, week_hour).items())
            if each.slots > each.left_out
        }

    def of(self, hours: Sequence[Bucket]) -> tuple[float, ...] | None:
        """Return the usual counts of buckets of one hour each, or None if the counts of any hour are unknown."""
        cells = [self._cells.get(week_hour(each)) for each in hours]
        if not cells or None in cells:
            return None
        rows = [[count * each.sum.slots for count in cell] for each, cell in zip(hours, cells, strict=True) if cell]
        return tuple(map(sum, zip(*rows, strict=True)))


def quality(bucket: Bucket, until: float | None) -> ObservationStatus:
    """Return a bucket's quality as an SDMX code, the most serious if several apply.

    Q: nothing is believed. E: some slots are left out. U: it overlaps a miscount or a doubt. P: it is not over at
    `until` (epoch ms), which is None if the whole period is over.

    >>> from datetime import date
    >>> from streams.calls.counts import Counts
    >>> from streams.figures.counted import Counted
    >>> sound = Bucket(date(2013, 3, 4), 9, 4, 8, Counted.sound(Counts(2, answered=2), 4))
    >>> quality(sound, None), quality(sound, 7 * QUARTER_MS)
    ('A', 'P')
    """
    if bucket.believed is None:
        return "Q"
    if bucket.sum.left_out:
        return "E"
    if bucket.sum.suspect:
        return "U"
    return "P" if until is not None and bucket.end * QUARTER_MS > until else "A"
