"""Every call of a stratum has the same chance to be drawn, whatever the order."""

from __future__ import annotations

from collections import Counter
from itertools import product
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.kept.digest import digest
from streams.questions.pool import KEPT, Pool

calls = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**6)), unique_by=lambda each: each[1])


def pool_of(told: list[tuple[int, int]]) -> Pool:
    pool = Pool()
    for day, number in told:
        pool.add(day, "lost", digest(str(number)), str(number), number)
    return pool


@given(calls, st.randoms(use_true_random=False))
def test_a_pool_does_not_depend_on_the_order(told: list[tuple[int, int]], random: Random) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)
    assert pool_of(told) == pool_of(shuffled) or not told
    assert pool_of(told).of(range(4), "lost") == pool_of(shuffled).of(range(4), "lost")


@given(calls)
def test_the_first_of_several_days_are_the_first_of_all_calls(told: list[tuple[int, int]]) -> None:
    drawn = [each.call for each in pool_of(told).of(range(4), "lost")][: KEPT["lost"]]
    assert drawn == sorted((str(number) for _, number in told), key=digest)[: KEPT["lost"]]


def test_each_call_is_drawn_as_often_as_any_other() -> None:
    drawn: Counter[int] = Counter()
    for run in range(2_000):
        pool = Pool()
        for number in range(10):
            name = f"{run}-{number}"
            pool.add(0, "lost", digest(name), name, number)
        drawn.update(each.at for each in pool.of([0], "lost"))
    assert all(abs(times - 1_000) < 110 for times in drawn.values()), "within five deviations"


def test_a_call_that_comes_back_is_not_counted_twice() -> None:
    pool = pool_of([(0, 1), (0, 2)])
    pool.remove(0, "lost", digest("1"))
    pool.remove(7, "lost", digest("1"))
    assert pool.counts([0])["lost"] == 1
    assert [each.call for each in pool.of([0], "lost")] == ["2"]


def test_days_are_counted_by_stratum_and_forgotten() -> None:
    pool = Pool()
    for day, stratum in product(range(3), KEPT):
        pool.add(day, stratum, 1, "1", day)
    assert set(pool.counts(range(3)).values()) == {3}
    pool.forget(2)
    assert set(pool.counts(range(3)).values()) == {1}
    assert [each.at for each in pool.since(0, 10, "lost")] == [2]
