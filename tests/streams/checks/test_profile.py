"""Profiles of sound lines, of lines with a wrong clock, and of lines with some odd hours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.checks.profile import SHIFTS, ProfileCheck, ProfileState, Shifted

CHECK = ProfileCheck(alarm=10.0, most=3.0, weight=300.0, shrinkage=50.0, half_life=60.0)
OFFICE = [0] * 8 + [6, 14, 13, 11, 6, 9, 10, 8, 5] + [0] * 7  # from 8:30 to 17:00
EVENINGS = [0] * 7 + [3, 8, 9, 9, 8, 7, 7, 7, 7, 6, 6, 5, 5, 4, 4, 3, 2]  # from 7 to midnight
ALL_DAY = [1, 1, 1, 1, 1, 1, 2, 4, 8, 10, 10, 8, 6, 8, 9, 8, 6, 4, 3, 3, 2, 1, 1, 1]
WEEKS, TRIED = 8, 4


def day(mean: Sequence[float], random: Random) -> list[int]:
    """Return the calls of a day, with the given means."""
    calls = [0] * 24
    for hour, expected in enumerate(mean):
        passed = random.expovariate(1.0)
        while passed < expected:
            calls[hour] += 1
            passed += random.expovariate(1.0)
    return calls


def moved(mean: Sequence[int], hours: int) -> list[int]:
    return [mean[(hour - hours) % 24] for hour in range(24)]


def told(mean: Sequence[int], then: Callable[[Random], Sequence[float]], seed: int) -> list[Shifted]:
    """Return the findings in weeks with different last ones, which are not learnt."""
    random, state = Random(seed), ProfileState()
    for number in range(7 * WEEKS):
        calls = day(mean, random)
        assert CHECK.add(state, number, number % 7, calls) is None
        CHECK.learn(state, number % 7, calls)
    tried = (
        CHECK.add(state, number, number % 7, day(then(random), random))
        for number in range(7 * WEEKS, 7 * (WEEKS + TRIED))
    )
    return [shifted for shifted in tried if shifted is not None]


@pytest.mark.parametrize("hours", SHIFTS)
@pytest.mark.parametrize("mean", [OFFICE, EVENINGS, ALL_DAY], ids=["office", "evenings", "all day"])
def test_a_clock_that_is_off_is_told_with_its_hours_and_its_day(mean: Sequence[int], hours: int) -> None:
    found = told(mean, lambda _: moved(mean, hours), seed=hours)
    assert found
    assert {each.hours for each in found} == {hours}
    assert 7 * WEEKS <= found[0].since < 7 * WEEKS + 10
    assert all(one.score < other.score for one, other in pairwise(found[:3]))


@pytest.mark.parametrize("mean", [OFFICE, EVENINGS, ALL_DAY], ids=["office", "evenings", "all day"])
@pytest.mark.parametrize(
    "then",
    [
        lambda mean, _: mean,
        lambda mean, _: mean[:12] + [0] * 12,  # closed in the afternoon
        lambda mean, _: [0] * 10 + mean[10:],  # a late opening
        lambda mean, _: [*mean[:8], 4 * mean[8], 4 * mean[9], *mean[10:]],  # a rush every morning
        lambda mean, _: [*mean[:7], mean[9], *mean[8:]],  # an hour more in the morning
        lambda mean, _: [0.1 * calls for calls in mean],  # a strike
        lambda mean, random: [calls * random.gammavariate(4, 0.25) for calls in mean],  # odd hours, others each day
        lambda mean, _: [0.9 * one + 0.1 * other for one, other in zip(mean, moved(mean, 1), strict=True)],
    ],
    ids=["as usual", "closed", "late", "rush", "longer", "strike", "moody", "habits"],
)
def test_what_is_no_clock_is_not_told(mean: list[int], then: Callable[..., Sequence[float]]) -> None:
    assert told(mean, lambda random: then(mean, random), seed=11) == []


def test_an_unknown_weekday_says_nothing() -> None:
    state = ProfileState()
    assert CHECK.scores(state, 0, OFFICE) == [0.0] * 4
    for number in range(21):
        CHECK.learn(state, number % 7, OFFICE if number % 7 < 5 else [0] * 24)
    assert CHECK.scores(state, 5, OFFICE) == [0.0] * 4
    assert CHECK.scores(state, 0, moved(OFFICE, -1)) == [-3.0, 3.0, -3.0, -3.0]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=ProfileState) == state


def test_it_lasts_until_a_day_is_as_usual() -> None:
    state = ProfileState()
    assert not CHECK.lasts(state, 0, moved(OFFICE, 1))
    for number in range(14):
        CHECK.learn(state, number % 7, OFFICE)
    assert CHECK.lasts(state, 0, moved(OFFICE, 1))
    assert not CHECK.lasts(state, 0, OFFICE)


@pytest.mark.parametrize("hour", [0, 23])
def test_a_day_that_a_shift_empties_says_nothing_for_the_shift(hour: int) -> None:
    state, calls = ProfileState(), [0] * 24
    calls[hour] = 5
    for number in range(8):
        CHECK.learn(state, 0, calls)
        assert CHECK.add(state, 7 * number, 0, calls) is None
    assert not CHECK.lasts(state, 0, calls)


@given(st.lists(st.integers(0, 30), min_size=24, max_size=24))
def test_no_day_weighs_more_than_it_may(calls: list[int]) -> None:
    state = ProfileState()
    for number in range(14):
        CHECK.learn(state, number % 7, EVENINGS)
    assert all(-CHECK.most <= score <= CHECK.most for score in CHECK.scores(state, 3, calls))
