"""Each budget of overload alerts is scored against callers that the line never saw."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.detection.overload_budget import MILD, STRICT, bad_stretches
from streams.kept.times import HOUR_MS, QUARTER_MS
from streams.simulation.attempt import Attempt

DAY = 8  # hours


def attempts(hour: float, number: int, lost: int) -> Iterator[Attempt]:
    """Yield the attempts of an hour, evenly, the lost ones last."""
    for at in range(number):
        start = round(hour * HOUR_MS) + at * HOUR_MS // number
        yield Attempt(
            line="standard",
            call=f"{start}",
            start=start,
            wait=0,
            outcome="lost" if at >= number - lost else "answered",
        )


def test_rolling_hours_that_are_bad_make_one_stretch() -> None:
    day = [each for hour in range(DAY) for each in attempts(hour, 40, 12 if hour == 4 else 1)]
    assert bad_stretches(day, STRICT) == [(4 * HOUR_MS, 6 * HOUR_MS - QUARTER_MS)]
    assert bad_stretches(day, MILD) == bad_stretches(day, STRICT)


def test_a_mildly_bad_hour_is_not_strictly_bad() -> None:
    day = [each for hour in range(DAY) for each in attempts(hour, 40, 8 if hour == 4 else 2)]
    assert bad_stretches(day, STRICT) == []
    assert bad_stretches(day, MILD) != []
