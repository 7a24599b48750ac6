"""A rate that surely is not the configured one is named; chance and small differences are not."""

from __future__ import annotations

from random import Random

import pytest

from streams.indicators.configured import is_apart


@pytest.mark.parametrize("configured", [0.02, 0.07, 0.3])
def test_a_line_that_is_as_configured_is_hardly_ever_named(configured: float) -> None:
    random = Random(7)
    named = 0
    for _ in range(300):
        lost = sum(random.random() < configured for _ in range(2_000))
        named += is_apart(lost, 2_000, 25, configured)
    assert named <= 1


def test_a_rate_at_twice_or_half_the_configured_one_is_named_on_enough_calls() -> None:
    assert is_apart(574, 7_000, 90, 0.041)
    assert is_apart(143, 7_000, 90, 0.041)
    assert not is_apart(8, 100, 1, 0.041)


def test_a_line_may_differ_a_little_on_any_number_of_calls() -> None:
    assert not is_apart(5_500, 100_000, 250, 0.041)


def test_nothing_is_said_without_a_configured_rate_or_without_losses() -> None:
    assert not is_apart(500, 1_000, 20, None)
    assert not is_apart(0, 1_000, 20, 0.02)
