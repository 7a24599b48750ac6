"""EARS as published: seven days of baseline, and a lag of two."""

from __future__ import annotations

from math import inf, sqrt

import pytest

from benchmarks.detection.rivals.ears import deviations

WEEK = [1, 2, 3, 4, 5, 6, 7]  # mean 4, variance 28 / 6


def test_a_day_is_held_against_the_seven_before_it() -> None:
    assert deviations([*WEEK, 14], 0) == [0] * 7 + [pytest.approx(10 / sqrt(28 / 6))]


def test_a_lag_leaves_the_last_two_days_out() -> None:
    assert deviations([*WEEK, 100, 100, 14], 2)[-1] == pytest.approx(10 / sqrt(28 / 6))
    assert deviations([*WEEK, 100], 2)[-1] == 0  # no whole baseline yet


def test_any_count_above_seven_days_that_are_alike_is_far() -> None:
    assert deviations([2] * 7 + [3, 2], 0)[-2] == inf
    assert deviations([2] * 8, 0)[-1] == 0
