"""Buckets of slots: any grouping gives the same sums, and buckets with too few slots are withheld."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.calls.counts import Counts
from streams.figures.counted import Counted
from streams.indicators.indicator import ObservationStatus
from streams.kept.times import QUARTER_MS
from streams.periods.buckets import GRAINS, Bucket, UsualWeek, day_hour, grouped, joined, quality, week_hour
from streams.watch.guard import Guard

MONDAY = date(2013, 3, 4)
CALLS = Counts(5, answered=4, lost=1)


def bucket(
    day: int = 0, hour: int = 9, quarter: int = 0, calls: Counts = CALLS, guard: Guard | None = None, **more: Any
) -> Bucket:
    first = 96 * day + 4 * hour + quarter
    counted = replace(Counted.sound(calls, 1), **more)
    return Bucket(MONDAY + timedelta(day), hour, first, first + 1, counted, guard)


def left_out(day: int = 0, hour: int = 9, quarter: int = 0, calls: Counts = CALLS) -> Bucket:
    return bucket(day, hour, quarter, calls, believed=Counts(), left_out=1)


@st.composite
def slots(draw: st.DrawFn) -> list[Bucket]:
    """Return the slots of the mornings of two weeks, with different calls, some left out."""
    found = []
    for day in range(draw(st.integers(1, 14))):
        for hour in (9, 10):
            for quarter in range(4):
                lost, answered = draw(st.integers(0, 3)), draw(st.integers(0, 9))
                made = left_out if draw(st.booleans()) else bucket
                found.append(made(day, hour, quarter, Counts(lost + answered, answered, lost)))
    return found


@given(slots())
def test_every_grouping_comes_to_the_same_whole(every: list[Bucket]) -> None:
    whole = joined(every)
    assert whole.counted[0] == sum(each.counted[0] for each in every)
    assert whole.sum.slots == len(every)
    for key in (*GRAINS.values(), day_hour):
        assert joined(list(grouped(every, key).values())) == whole
    by_hour = list(grouped(every, day_hour).values())
    assert grouped(by_hour, week_hour) == grouped(every, week_hour)


def test_nothing_is_believed_where_too_many_slots_are_left_out_a_doubt_bars_it_or_a_count_is_below_zero() -> None:
    sound, out, doubted = bucket(), left_out(), Guard("undecided")
    assert joined([sound] * 3 + [out]).believed == (15, 12, 3, 0, 0)
    assert joined([sound] * 2 + [out]).believed is None
    assert bucket(guard=Guard("no baseline")).believed is None
    assert bucket(guard=doubted).believed == (5, 4, 1, 0, 0), "the doubt lies elsewhere"
    assert joined([bucket(guard=doubted), bucket(guard=doubted, in_doubt=1)]).believed is None
    assert bucket(believed=Counts(5, 6, -1)).believed is None


def test_what_is_usual_is_the_mean_of_the_believed_slots_of_a_weekday_and_hour() -> None:
    weeks = [bucket(0), bucket(7, calls=Counts(9, 9)), left_out(14)]
    usual = UsualWeek(weeks)
    assert usual.of([bucket(21)]) == (7.0, 6.5, 0.5, 0.0, 0.0)
    assert usual.of([bucket(21), bucket(21, quarter=1)]) == (14.0, 13.0, 1.0, 0.0, 0.0)


def test_nothing_is_usual_at_an_hour_that_was_never_seen() -> None:
    usual = UsualWeek([bucket(0)])
    assert usual.of([bucket(1)]) is None, "another weekday"
    assert usual.of([bucket(7), bucket(7, hour=10)]) is None, "one of two hours"
    assert usual.of([]) is None


def test_a_grain_cuts_where_its_name_says() -> None:
    every = [bucket(day, hour, quarter) for day in range(14) for hour in (9, 10) for quarter in (0, 1)]
    found = {name: len(grouped(every, key)) for name, key in GRAINS.items()}
    assert found == {"quarter": 56, "hour": 28, "day": 14, "week": 2, "month": 1}


@pytest.mark.parametrize(
    ("slots", "until", "status"),
    [
        ([left_out(), bucket()], 0.0, "Q"),
        ([left_out(), bucket(suspect=1), bucket(), bucket()], 0.0, "E"),
        ([bucket(suspect=1), bucket()], 0.0, "U"),
        ([bucket(), bucket(quarter=1)], 2.0, "A"),
        ([bucket(), bucket(quarter=1)], 1.9, "P"),
        ([bucket()], None, "A"),
    ],
)
def test_the_quality_of_a_bucket_is_the_most_serious_that_applies(
    slots: list[Bucket], until: float | None, status: ObservationStatus
) -> None:
    whole = joined(slots)
    assert quality(whole, None if until is None else (whole.first + until) * QUARTER_MS) == status
