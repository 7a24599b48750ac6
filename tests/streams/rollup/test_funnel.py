"""The funnel distinguishes an unusual office from a small one, and false alarms keep their rate."""

from __future__ import annotations

import numpy as np
import pytest

from streams.rollup.funnel import ComparedOffice, Funnel, funnel
from streams.watch.guard import Guard

OFFICES = 101
ROUNDS = 60


def drawn(
    random: np.random.Generator, *, between: float = 0.0, count: int = OFFICES, different: float | None = None
) -> Funnel:
    """Return offices of 30 to 300,000 calls that lose 5 % with true variation; one is different."""
    offered = np.exp(random.uniform(np.log(30), np.log(300_000), count)).astype(int)
    rates = np.full(count, 0.05)
    if between:
        calls = 0.05 * 0.95 / between**2 - 1  # Beta's a + b
        rates = random.beta(0.05 * calls, 0.95 * calls, count)
    if different is not None:
        offered[0], rates[0] = 20_000, different
    lost = random.binomial(offered, rates)
    return funnel(
        ComparedOffice(f"{number:03}", {"circulation": (int(one), int(of))})
        for number, (one, of) in enumerate(zip(lost, offered, strict=True))
    )


@pytest.mark.slow
@pytest.mark.parametrize("between", [0.0, 0.005, 0.02])
@pytest.mark.parametrize("count", [8, 30, OFFICES])
def test_false_calls_keep_their_rate(between: float, count: int) -> None:
    random = np.random.default_rng(round(1000 * between) + count)
    found = [drawn(random, between=between, count=count) for _ in range(ROUNDS)]
    points = [each for one in found for each in one.points]
    outer = sum(each.verdict != "alike" for each in points) / len(points)
    inner = sum(each.outside is not None for each in points) / len(points)
    assert outer < 0.012, "0.2 % by its limits; few offices hardly say how much they differ"
    assert 0.01 < inner < 0.07, "5 % by its limits"


@pytest.mark.slow
@pytest.mark.parametrize("variation", [0.5, 0.9])
def test_the_tail_of_a_lognormal_law_is_not_called_worse(variation: float) -> None:
    random = np.random.default_rng(1)
    sigma = np.sqrt(np.log(1 + variation**2))
    points = []
    for _ in range(30):
        offered = np.exp(random.uniform(np.log(30), np.log(300_000), OFFICES)).astype(int)
        rates = np.minimum(0.9, 0.04 * np.exp(random.normal(-(sigma**2) / 2, sigma, OFFICES)))
        counted = zip(random.binomial(offered, rates), offered, strict=True)
        points += funnel(
            ComparedOffice(f"{number:03}", {"circulation": (int(lost), int(calls))})
            for number, (lost, calls) in enumerate(counted)
        ).points
    assert sum(each.verdict == "above" for each in points) / len(points) <= 0.003, "1 to 2 % on the scale of rates"


@pytest.mark.parametrize(("between", "different"), [(0.0, 0.06), (0.005, 0.08), (0.02, 0.25)])
def test_a_different_office_is_found_and_is_the_first(between: float, different: float) -> None:
    random = np.random.default_rng(3)
    found = [drawn(random, between=between, different=different) for _ in range(20)]
    told = [next(each for each in one.points if each.site == "000") for one in found]
    assert sum(each.verdict == "above" for each in told) >= 18
    assert sum(one.points[0].site == "000" for one in found) >= 18


def test_how_much_offices_differ_is_found_though_some_are_wrong() -> None:
    random = np.random.default_rng(5)
    honest = np.mean([drawn(random, between=0.01).between for _ in range(10)])
    spoiled = np.mean([drawn(random, between=0.01, different=0.6).between for _ in range(10)])
    assert honest == pytest.approx(0.01, rel=0.2)
    assert spoiled == pytest.approx(honest, rel=0.2)


def test_the_surest_comes_first_and_not_the_highest_rate() -> None:
    small = ComparedOffice("small", {"circulation": (3, 20)})
    large = ComparedOffice("large", {"circulation": (8_000, 100_000)})
    others = [ComparedOffice(f"other {number}", {"circulation": (5_000, 100_000)}) for number in range(8)]
    found = funnel([small, large, *others])
    assert [each.site for each in found.points][:2] == ["large", "small"]
    assert (found.points[0].verdict, found.points[1].verdict) == ("above", "alike")


def test_an_office_is_compared_on_its_own_lines() -> None:
    hard = [ComparedOffice(f"hard {number}", {"a": (20, 10_000), "b": (700, 10_000)}) for number in range(5)]
    easy = [ComparedOffice(f"easy {number}", {"a": (20, 10_000)}) for number in range(5)]
    found = funnel([*hard, *easy])
    assert {each.verdict for each in found.points} == {"alike"}
    assert all(abs(each.z or 0) < 1 for each in found.points)
    assert {round(each.adjusted or 0, 4) for each in found.points} == {round(found.rate or 0, 4)}


def test_who_is_withheld_or_silent_has_no_verdict() -> None:
    others = [ComparedOffice(f"{number}", {"a": (5, 100)}) for number in range(5)]
    hidden = ComparedOffice("hidden", {}, Guard("undecided"))
    quiet = ComparedOffice("quiet", {"a": (0, 0)}, silent=True)
    found = funnel([hidden, *others, quiet])
    assert [(each.site, each.verdict, each.silent) for each in found.points[-2:]] == [
        ("hidden", None, False),
        ("quiet", None, True),
    ]


def test_few_offices_are_not_compared() -> None:
    found = funnel(ComparedOffice(f"{number}", {"a": (50 * number, 1000)}) for number in range(1, 5))
    assert not found.compares
    assert {each.verdict for each in found.points} == {None}
    assert found.limits() == []


def test_a_point_lies_beyond_the_limits_where_its_verdict_says_so() -> None:
    found = drawn(np.random.default_rng(7), between=0.005, different=0.09)
    curve = found.limits()
    for point in found.points:
        at = min(curve, key=lambda each: abs(np.log(each.offered / point.offered)))
        if point.verdict == "above" and (point.adjusted or 0) > 1.2 * at.outer_high:
            assert point.outside == 0.998
        if at.inner_low * 1.1 < (point.adjusted or 0) < at.inner_high * 0.9:
            assert point.outside is None
    assert all(each.outer_low <= each.inner_low <= each.inner_high <= each.outer_high for each in curve)


def test_no_office_at_all_is_no_funnel() -> None:
    assert funnel([]).points == []
