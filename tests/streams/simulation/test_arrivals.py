"""Calls arrive only during opening hours."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from streams.simulation.arrivals import Shape, level
from streams.simulation.office import LineProfile

HOURS = (0.0,) * 8 + (1.0, 3.0) + (2.0,) * 14
OPENED = [(8.5 * 3600, 10 * 3600), (13 * 3600, 14 * 3600)]


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
