"""Days that are autocorrelated, and days that are independent."""

from __future__ import annotations

import pytest

from benchmarks.detection.persistence import daily_rates, persistence


def test_days_that_come_in_runs_correlate() -> None:
    seen = persistence([0.01] * 20 + [0.05] * 5 + [0.01] * 20 + [0.05] * 4)
    assert seen.lag is not None
    assert seen.lag > 0.7
    assert seen.runs == 1  # four days are no run
    assert seen.far == pytest.approx(9 / 49)


def test_days_that_alternate_do_not() -> None:
    seen = persistence([0.01, 0.05] * 20)
    assert seen.lag == pytest.approx(-1)
    assert seen.runs == 0


def test_rates_are_of_days_that_have_calls() -> None:
    assert daily_rates([(0, True), (1, False), (25, False)], lambda at: at // 10) == [0.5, 0.0]
