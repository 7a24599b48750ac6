"""The mean wait of a reading lies within the bounds of its own distribution."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.checks.reading_waits import LONGEST, ReadingWaits, bounds, fault, waits_of

LIMITS = (60, 300, 900)


@given(st.lists(st.floats(0, LONGEST), min_size=10, max_size=60))
def test_honest_waits_are_never_at_fault(waits: list[float]) -> None:
    within = {str(limit): sum(wait <= limit for wait in waits) for limit in LIMITS}
    assert fault(ReadingWaits(len(waits), sum(waits) / len(waits), _pairs(within))) is None


@pytest.mark.parametrize(
    ("waits", "wrong"),
    [
        (ReadingWaits(100, 18.0, ((60.0, 5), (900.0, 50))), "unit"),
        (ReadingWaits(100, 40_000.0, ((60.0, 40), (900.0, 100))), "unit"),
        (ReadingWaits(100, 2_000.0, ((60.0, 0), (900.0, 100))), "mismatch"),
        (ReadingWaits(100, 50.0, ((60.0, 80), (900.0, 70))), "order"),
        (ReadingWaits(100, 50.0, ((60.0, 80), (900.0, 101))), "order"),
        (ReadingWaits(100, None, ((60.0, 80),)), None),
        (ReadingWaits(4, 5.0, ((60.0, 0),)), None),
    ],
)
def test_a_mean_outside_its_bounds_is_a_fault(waits: ReadingWaits, wrong: str | None) -> None:
    assert fault(waits) == wrong


def test_a_reading_without_waits_has_none() -> None:
    assert waits_of(10, None, None) is None
    assert waits_of(10, 3.0, {"60": 9, "20": 7}) == ReadingWaits(10, 3.0, ((20.0, 7), (60.0, 9)))
    assert bounds(ReadingWaits(10, 3.0)) is None


def _pairs(within: dict[str, int]) -> tuple[tuple[float, int], ...]:
    return tuple((float(limit), count) for limit, count in within.items())
