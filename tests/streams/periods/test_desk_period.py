"""A desk over a period, in total, over time, by hour and by weekday: each view holds all calls."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.periods.buckets import GRAINS, Bucket, UsualWeek
from streams.periods.desk_period import desk_period
from streams.periods.named import BucketGrain
from tests.streams.periods.test_buckets import bucket, slots

USUAL = UsualWeek([bucket(day, hour) for day in range(7) for hour in (9, 10)])
GRAIN_NAMES: list[BucketGrain] = list(GRAINS)


@given(slots(), st.sampled_from(GRAIN_NAMES))
def test_every_view_of_a_period_holds_all_of_it(every: list[Bucket], grain: BucketGrain) -> None:
    found = desk_period(every, grain, USUAL)
    assert found.whole is not None
    assert found.whole.counted[0] == sum(each.counted[0] for each in every)
    for buckets in ([each.bucket for each in found.curve], found.hours.values(), found.week.values()):
        assert sum(each.sum.slots for each in buckets) == len(every)
        assert sum(each.counted[0] for each in buckets) == found.whole.counted[0]
    assert found.usual is not None
    assert sum(each.usual[0] for each in found.curve if each.usual) == found.usual[0]


def test_a_period_without_a_slot_has_nothing_to_show() -> None:
    found = desk_period([], "day", USUAL)
    assert (found.whole, found.usual, found.curve, found.hours, found.week) == (None, None, [], {}, {})
