"""Shares and yearly rates are shown with exact intervals."""

from __future__ import annotations

import pytest

from benchmarks.detection.share import Share, Yearly


def test_a_share_has_the_interval_of_clopper_and_pearson() -> None:
    assert str(Share(1, 40)) == "1 of 40: 2.5 % [0.1, 13.2]"
    assert Share.of([True, False, False]) == Share(1, 3)
    assert Share(3, 3).short == "3/3 [29, 100]"
    assert (str(Share(0, 0)), Share(0, 0).short, Share(0, 0).value) == ("-", "-", None)


def test_a_yearly_rate_has_the_interval_of_garwood() -> None:
    assert str(Yearly(2, 80.0)) == "2 in 80: 0.025 [0.003, 0.090]"
    assert Yearly(0, 30.0).bounds() == pytest.approx((0.0, 3.689 / 30), abs=1e-4)
    assert str(Yearly(0, 0.0)) == "-"
