"""Laney's limits by hand, on days of pure chance, and on overdispersed days."""

from __future__ import annotations

from math import sqrt
from random import Random

import pytest

from streams.checks.laney import limits


def test_by_hand() -> None:
    chart = limits([2, 6, 1], [100, 200, 50])
    assert chart is not None
    centre = 9 / 350
    one, two, three = (sqrt(centre * (1 - centre) / calls) for calls in (100, 200, 50))
    scores = [(0.02 - centre) / one, (0.03 - centre) / two, (0.02 - centre) / three]
    spread = (abs(scores[1] - scores[0]) + abs(scores[2] - scores[1])) / 2 / 1.128
    assert (chart.centre, chart.spread) == pytest.approx((centre, spread))
    assert chart.high == pytest.approx([centre + 3 * spread * part for part in (one, two, three)])
    assert chart.low == pytest.approx([max(0.0, centre - 3 * spread * part) for part in (one, two, three)])


def test_chance_alone_gives_a_spread_of_one_and_odd_days_the_wider_one() -> None:
    random = Random(1)
    calls = [400] * 400
    even = limits([sum(random.random() < 0.1 for _ in range(400)) for _ in calls], calls)
    rho = 0.02
    chances = [random.betavariate(0.1 * (1 - rho) / rho, 0.9 * (1 - rho) / rho) for _ in calls]
    odd = limits([sum(random.random() < chance for _ in range(400)) for chance in chances], calls)
    assert even is not None
    assert odd is not None
    assert even.spread == pytest.approx(1, abs=0.1)
    assert odd.spread == pytest.approx(sqrt(1 + 399 * rho), rel=0.15)


def test_limits_stay_rates() -> None:
    chart = limits([0, 9, 1], [10, 10, 10])
    assert chart is not None
    assert (min(chart.low), max(chart.high)) == (0.0, 1.0)


@pytest.mark.parametrize(("lost", "offered"), [([], []), ([1], [10]), ([0, 0], [10, 10]), ([10, 10], [10, 10])])
def test_where_nothing_can_be_said_there_is_no_chart(lost: list[int], offered: list[int]) -> None:
    assert limits(lost, offered) is None


@pytest.mark.parametrize(("lost", "offered"), [([1, 0], [10, 0]), ([1], [10, 10])])
def test_what_is_no_rate_is_refused(lost: list[int], offered: list[int]) -> None:
    with pytest.raises(ValueError, match=r"leave it out|zip"):
        limits(lost, offered)
