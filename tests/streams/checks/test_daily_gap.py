"""Daily gaps: days without a call at some hours, on lines whose days differ, and their stretches of quarters."""

from __future__ import annotations

from random import Random

import pytest

from streams.checks.daily_gap import SplitDay, stretches, weigh


def drawn(random: Random, inside: float, outside: float) -> SplitDay:
    busy = random.lognormvariate(0, 0.3)
    return SplitDay(round(random.gauss(busy * inside, inside**0.5)), round(busy * outside))


@pytest.mark.parametrize(("inside", "days"), [(5.0, 5), (2.0, 12)])
def test_a_gap_of_some_days_is_beyond_chance(inside: float, days: int) -> None:
    random = Random(1)
    usual = [drawn(random, inside, 75.0) for _ in range(25)]
    assert weigh(usual, [75] * days, spread=0.1).score > 16
    assert weigh(usual, [75] * 2, spread=0.1).score < 16


def test_an_empty_hour_on_a_quiet_day_weighs_less() -> None:
    usual = [SplitDay(5, 75)] * 20
    assert weigh(usual, [20] * 3, spread=0.1).score < weigh(usual, [75] * 3, spread=0.1).score / 2


def test_days_whose_hours_differ_much_make_a_gap_weigh_less() -> None:
    even, odd = [SplitDay(5, 75)] * 20, [SplitDay(0, 75), SplitDay(10, 75)] * 10
    assert weigh(odd, [75] * 3, spread=0.1).score < weigh(even, [75] * 3, spread=0.1).score / 1.5


@pytest.mark.parametrize("usual", [[SplitDay(0, 60)] * 20, [SplitDay(3, 0)] * 20, []])
def test_without_calls_to_expect_nothing_is_a_gap(usual: list[SplitDay]) -> None:
    assert weigh(usual, [60] * 10, spread=0.1).score == 0.0


def test_stretches_are_the_longest_for_their_days() -> None:
    assert list(stretches({1: 4, 2: 4, 3: 9, 7: 2}, fewest=3)) == [(4, [1, 2, 3]), (9, [3])]
    assert list(stretches({1: 2}, fewest=3)) == []
