"""The past: silence of a busy line is no knowledge, silence of a quiet one is."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from streams.forecast.past import Past, pooled
from tests.streams.forecast.made_up import MONDAY


def past(totals: list[float]) -> Past:
    return Past(MONDAY, np.array(totals)[:, None])


def test_a_silent_week_of_a_busy_line_is_unknown() -> None:
    totals = past([20.0] * 28 + [0.0] * 7 + [20.0] * 7).totals
    assert np.flatnonzero(np.isnan(totals)).tolist() == list(range(28, 35))


def test_a_silent_week_of_a_quiet_line_is_believed() -> None:
    assert not np.isnan(past([1.0] * 14 + [0.0] * 7 + [1.0] * 7).totals).any()


def test_a_line_that_fell_silent_for_good_is_believed() -> None:
    assert not np.isnan(past([20.0] * 28 + [0.0] * 35).totals).any()


def test_a_closed_weekend_is_closed_and_known() -> None:
    week = past([20.0, 20, 20, 20, 20, 0, 0] * 6)
    assert week.closed == {5, 6}
    assert not np.isnan(week.totals).any()


def test_pooled_lines_have_the_days_of_both_and_the_unknown_of_either() -> None:
    longer, shorter = past([5.0, 6.0, np.nan, 8.0, 9.0]), Past(MONDAY + timedelta(1), np.array([[1.0], [2.0], [3.0]]))
    found = pooled([longer, shorter])
    assert found.first == MONDAY + timedelta(1)
    assert found.totals.tolist()[::2] == [7.0, 11.0]
    assert np.isnan(found.totals[1])
