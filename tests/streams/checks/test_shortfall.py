"""Shortfall: what few calls weigh on quiet and on busy days, and where the lowest stretch of a day lies."""

from __future__ import annotations

from math import exp
from random import Random

import pytest

from streams.checks.shortfall import Arrived, LowDays, log_chance, lowest

NONE = Arrived(0.0, 0.0)


@pytest.mark.parametrize("expected", [20, 80])
def test_the_chance_is_that_of_days_that_differ(expected: int) -> None:
    random, few, days = Random(1), 0.6 * expected, 4_000
    drawn = [random.gammavariate(1 / 0.12, 0.12 * expected) for _ in range(days)]
    counts = [sum(random.random() < mean / 400 for _ in range(400)) for mean in drawn]
    share = sum(count <= few for count in counts) / days
    assert exp(log_chance(Arrived(few, expected), NONE, 0.12, 0.0)) == pytest.approx(share, abs=0.02)


def test_a_busy_rest_of_the_day_leaves_no_quiet_day_to_explain_a_fall() -> None:
    seen = Arrived(4, 50)
    quiet, alone, busy = (log_chance(seen, others, 0.12, 0.03) for others in (Arrived(8, 30), NONE, Arrived(30, 30)))
    assert busy < alone < quiet


def test_hours_that_vary_by_themselves_weigh_less() -> None:
    assert log_chance(Arrived(4, 50), Arrived(30, 30), 0.12, 0.1) > log_chance(
        Arrived(4, 50), Arrived(30, 30), 0.12, 0.03
    )


@pytest.mark.parametrize(
    ("came", "stretch"),
    [([3, 3, 0, 0, 0, 3], (2, 5)), ([0, 0, 3, 3], (0, 2)), ([3, 3, 3], (0, 0)), ([0, 1, 0, 0], (0, 4))],
)
def test_the_lowest_stretch_is_found(came: list[int], stretch: tuple[int, int]) -> None:
    assert lowest(came, [3.0] * len(came)) == stretch


def test_a_run_of_days_is_forgotten_whole() -> None:
    run = LowDays()
    run.add(10, 80, 5.0)
    run.forget()
    assert run == LowDays()
