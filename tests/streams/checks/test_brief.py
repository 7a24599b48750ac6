"""Brief talks: agents who are not named talk as others do, and a machine does not."""

from __future__ import annotations

from random import Random

import pytest

from streams.checks.brief import log_chance


@pytest.mark.parametrize("mean", [60.0, 180.0, 400.0])
def test_agents_who_are_not_named_are_hardly_ever_a_machine(mean: float) -> None:
    random = Random(1)
    drawn = [[random.expovariate(1 / mean) < 20 for _ in range(20)] for _ in range(2_000)]
    odd = [sum(talks) for talks in drawn if any(talks) and log_chance(sum(talks), 20, 20.0, mean) < -7]
    assert len(odd) <= 8, "e^-7 of 2,000 is 2"


def test_talks_without_a_known_mean_say_nothing() -> None:
    assert log_chance(5, 5, 20.0, 0.0) == 0.0
