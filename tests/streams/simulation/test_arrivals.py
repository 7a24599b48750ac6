"""Calls arrive only during opening hours."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from streams.simulation.arrivals import Shape, icc, level
from streams.simulation.office import LineProfile

HOURS = (0.0,) * 8 + (1.0, 3.0) + (2.0,) * 14
OPENED = [(8.5 * 3600, 10 * 3600), (13 * 3600, 14 * 3600)]


def test_a_small_table_by_hand() -> None:
    # Days of 4 calls with 0, 1 and 3 lost: between (0 + 1/4 + 9/4 - 16/12) / 2 = 7/12, within (4 - 10/4) / 9 = 1/6.
    assert icc([0, 1, 3], [4, 4, 4]) == pytest.approx((7 / 12 - 1 / 6) / (7 / 12 + 3 / 6))


def test_days_of_one_rate_are_not_correlated_and_beta_binomial_ones_are_as_asked() -> None:
    rng = np.random.default_rng(5)
    assert icc(rng.binomial(100, 0.04, 4_000), np.full(4_000, 100)) == pytest.approx(0, abs=0.002)
    rho, rate = 0.03, 0.04
    rates = rng.beta(rate * (1 - rho) / rho, (1 - rate) * (1 - rho) / rho, 8_000)
    offered = rng.poisson(80, 8_000)
    assert icc(rng.binomial(offered, rates), offered) == pytest.approx(rho, abs=0.003)


def test_expected_squares_stand_for_counts() -> None:
    # Two days on which each of 2 calls is lost with probability 1/2: E k = 1, E k^2 = 1/2 + 1.
    assert icc([1, 1], [2, 2], [1.5, 1.5]) < 0.5


def test_days_without_calls_do_not_count_and_one_day_is_too_few() -> None:
    assert icc([0, 1, 0, 3], [4, 4, 0, 4]) == icc([0, 1, 3], [4, 4, 4])
    with pytest.raises(ValueError, match="two days"):
        icc([1, 0], [4, 0])


def test_calls_spread_as_the_hours_weigh_and_none_falls_between_stretches() -> None:
    shape = Shape(HOURS, OPENED)
    assert shape.weight == 3600 * (0.5 + 3 + 2)
    moments = shape.moments(np.linspace(0, 1, 55_001)) / 3600
    assert np.histogram(moments, [8.5, 9, 10, 13, 14])[0] == pytest.approx([5_000, 30_000, 0, 20_000], abs=2)


def test_a_day_is_level_by_weekday_and_month() -> None:
    line = LineProfile(
        line="a", calls_a_day=10, expected_lost_rate=0.1, weekdays=(2.0,) * 7, months=(0.5,) * 7 + (3,) * 5
    )
    assert level(line, date(2013, 7, 31)) == 1
    assert level(line, date(2013, 8, 1)) == 6
