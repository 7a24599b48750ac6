"""Invented calls fall into the stretches of their mechanism, and into the fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

import pytest

from streams.kept.times import DAY_MS, HOUR_MS
from streams.simulation.attempt import Attempt
from streams.simulation.faults.fault import Scene
from streams.simulation.faults.invented import closed_calls, night_calls, phantoms, short_calls

Invent = Callable[[float, Scene], Iterable[Attempt]]
MIDNIGHT = 20_000 * DAY_MS


def scene(start: float, end: float) -> Scene:
    """Return the scene of a fault between two hours of a day on which the office opens from 9 to 17."""
    first, last = (MIDNIGHT + round(hour * HOUR_MS) for hour in (start, end))
    opened = [(MIDNIGHT + 9 * HOUR_MS, MIDNIGHT + 17 * HOUR_MS)]
    return Scene(
        words="x", line="standard", start=first, end=last, opened=opened, calls=100, usual=100.0, random=Random(1)
    )


@pytest.mark.parametrize(
    ("invent", "start", "end", "times"),
    [(phantoms, 8, 10, (9, 10)), (short_calls, 16, 20, (16, 17)), (night_calls, 8, 12, (8, 9)),
     (closed_calls, 15, 20, (17, 20))],
)  # fmt: skip
def test_calls_are_invented_within_the_fault_and_the_hours_of_their_mechanism(
    invent: Invent, start: float, end: float, times: tuple[float, float]
) -> None:
    made = list(invent(0.5, scene(start, end)))
    assert 20 < len(made) < 90
    first, last = (MIDNIGHT + hour * HOUR_MS for hour in times)
    assert all(first <= each.start < last for each in made)
    assert {(each.outcome, each.reason) for each in made} == {("lost", "abandoned")}


@pytest.mark.parametrize(
    ("invent", "start", "end"), [(phantoms, 18, 22), (short_calls, 2, 8), (night_calls, 10, 16), (closed_calls, 9, 17)]
)
def test_nothing_is_invented_in_a_fault_without_such_hours(invent: Invent, start: float, end: float) -> None:
    assert list(invent(0.5, scene(start, end))) == []
