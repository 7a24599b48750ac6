"""Two quarters of an hour before closing, and two after."""

from __future__ import annotations

from streams.indicators.closing import ClosingTime


def test_the_half_hours_before_and_after_are_told_apart() -> None:
    found = ClosingTime("12:00", 5, [15, 10, 24, 5])
    assert (found.before, found.after) == (25, 29)
