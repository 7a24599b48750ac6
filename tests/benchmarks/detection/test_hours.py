"""Overload by hours: the truth decides which hours are bad, and incidents are compared with them."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.detection.detectors import Alarm
from benchmarks.detection.hours import bad, bad_stretches, hours
from streams.kept.times import DAY_MS, HOUR_MS, QUARTER_MS

USUAL = 0.02
NOON = 12 * HOUR_MS


def calls(hour: int, number: int, lost: int) -> Iterator[tuple[int, bool]]:
    """Yield the calls of an hour, the lost ones last."""
    return ((hour * HOUR_MS + at * HOUR_MS // number, at >= number - lost) for at in range(number))


def day_of(at: int) -> int:
    return at // DAY_MS


def overload(start: int, end: int, *, detected: int, off: int) -> Alarm:
    return Alarm(detected, start, end, "overload", "overload", once=False, detected=detected, off=off)


def test_an_hour_is_bad_where_it_is_both_far_from_usual_and_no_accident() -> None:
    assert bad(6, 20, USUAL)
    assert not bad(2, 20, USUAL)  # five times the usual, but two of twenty come by chance
    assert not bad(59, 1_000, USUAL)  # no accident, but not three times the usual


def test_a_stretch_is_bad_by_its_own_calls() -> None:
    lived = [*calls(9, 20, 0), *calls(10, 20, 8)]
    assert bad_stretches(lived, USUAL, lambda at: at // HOUR_MS) == [10]
    assert bad_stretches(lived, USUAL, day_of) == [0]


def test_an_incident_is_right_where_it_holds_a_bad_hour() -> None:
    lived = [*calls(9, 20, 0), *calls(12, 20, 10), *calls(40, 60, 0)]
    right = overload(NOON, NOON + HOUR_MS, detected=NOON + HOUR_MS, off=NOON + 3 * HOUR_MS)
    wrong = overload(40 * HOUR_MS, 41 * HOUR_MS, detected=41 * HOUR_MS, off=42 * HOUR_MS)
    seen = hours([right, wrong], lived, USUAL, day_of)
    assert (seen.bad, seen.told, seen.alerts, seen.right, seen.most) == (1, 1, 2, 1, 1)
    assert seen.stays == [2.0]
    assert seen.delays == [30.0]  # the lost ones came from half past on


def test_an_hour_beside_an_incident_is_told_and_one_further_off_is_not() -> None:
    lived = [*calls(9, 20, 10), *calls(12, 20, 10)]
    seen = hours([overload(13 * HOUR_MS, 14 * HOUR_MS, detected=13 * HOUR_MS, off=14 * HOUR_MS)], lived, USUAL, day_of)
    assert (seen.bad, seen.told) == (2, 1)


def test_an_incident_on_a_bad_day_is_right_without_a_bad_hour() -> None:
    lived = [each for hour in range(8, 18) for each in calls(hour, 10, 1)]
    seen = hours([overload(NOON, NOON + QUARTER_MS, detected=NOON, off=NOON)], lived, USUAL, day_of)
    assert (seen.bad, seen.right, seen.delays) == (0, 1, [])


def test_a_miscount_is_no_overload() -> None:
    lived = [*calls(12, 20, 10)]
    assert hours([Alarm(NOON, NOON, NOON + HOUR_MS)], lived, USUAL, day_of).alerts == 0
