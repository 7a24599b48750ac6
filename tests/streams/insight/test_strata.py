"""The interval of a sum covers the truth at its stated level, and its widest parts decide its width."""

from __future__ import annotations

import numpy as np
import pytest

from streams.checks.interval import jeffreys
from streams.insight.strata import Stratum, stratified


def test_of_independent_calls_it_is_that_of_all_together() -> None:
    found = stratified([Stratum(40, 1000), Stratum(45, 1000), Stratum(35, 1000)])
    assert found == pytest.approx(jeffreys(120, 3000), rel=0.02)


def test_calls_that_say_less_widen_it() -> None:
    alone = stratified([Stratum(40, 1000), Stratum(40, 1000)])
    alike = stratified([Stratum(40, 1000, 0.02, 0.07), Stratum(40, 1000, 0.02, 0.07)])
    assert alone is not None
    assert alike is not None
    assert alike[1] - alike[0] > 1.5 * (alone[1] - alone[0])


def test_it_holds_the_rate_of_lines_that_differ() -> None:
    random, held = np.random.default_rng(2), 0
    rates, offered = np.array([0.002, 0.02, 0.04, 0.07]), np.array([4000, 900, 300, 5000])
    truth = float((rates * offered).sum() / offered.sum())
    for _ in range(400):
        lost = random.binomial(offered, rates)
        found = stratified(Stratum(int(one), int(of)) for one, of in zip(lost, offered, strict=True))
        assert found is not None
        held += found[0] <= truth <= found[1]
    assert 0.92 < held / 400 < 0.98


def test_nothing_lost_and_nothing_offered() -> None:
    assert stratified([]) is None
    assert stratified([Stratum(0, 0)]) is None
    found = stratified([Stratum(0, 100, 0.0, 0.025), Stratum(0, 100, 0.0, 0.025)])
    assert found is not None
    assert found[0] == 0.0
    assert 0.01 < found[1] < 0.025
