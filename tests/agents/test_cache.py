"""A value is cached while its inputs are the same, and until it is too old or too long unused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from threading import get_ident

import pytest

from agents import cache
from agents.cache import Cache


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(cache, "monotonic", found)
    return found


@pytest.fixture
def make() -> Callable[[], int]:
    numbers = count()
    return lambda: next(numbers)


def test_a_value_is_made_again_where_it_would_be_made_from_something_else(make: Callable[[], int]) -> None:
    kept = Cache[str, int]()
    assert [kept.made("a", make, given) for given in ([1], [1], [2], [2])] == [0, 0, 1, 1]
    assert kept.made("b", make) == 2
    assert kept.values() == {"a": 1, "b": 2}


def test_a_source_is_told_by_its_identity_and_a_newer_one_waits(make: Callable[[], int], clock: Clock) -> None:
    kept, first, second = Cache[str, int](patience=60), [1], [1]
    assert [kept.made("a", make, source=source) for source in (first, first, second)] == [0, 0, 0]
    clock.now = 60
    assert kept.made("a", make, source=first) == 0, "made from it, however old"
    assert [kept.made("a", make, source=source) for source in (second, first)] == [1, 1]
    assert kept.made("a", make, "more", first) == 2, "what it is given does not wait"


def test_a_value_that_is_too_old_is_made_again(make: Callable[[], int], clock: Clock) -> None:
    kept = Cache[str, int](limit=5)
    found = []
    for clock.now in (0, 5, 5.1, 10, 10.2):
        found.append(kept.made("a", make))
    assert found == [0, 0, 1, 1, 2]
    clock.now = 100
    assert (kept.get("a"), kept.last("a"), kept.last("b")) == (None, 2, None)
    kept.made("b", make)
    assert kept.values() == {"b": 3}


def test_the_keys_asked_for_last_are_kept(make: Callable[[], int]) -> None:
    kept = Cache[str, int](2)
    assert [kept.made(key, make) for key in "abacab"] == [0, 1, 0, 2, 0, 3]
    kept.retain({"b", "z"})
    assert kept.values() == {"b": 3}


def test_a_thread_makes_a_value_once_however_many_ask() -> None:
    kept, made_by = Cache[str, int](), list[int]()

    def make() -> int:
        made_by.append(get_ident())
        return len(made_by)

    async def ask() -> list[int]:
        return await asyncio.gather(*(kept.made_apart("a", make) for _ in range(5)))

    assert asyncio.run(ask()) == [1] * 5
    assert made_by != [get_ident()]
    assert len(made_by) == 1


def test_what_cannot_be_made_is_tried_again() -> None:
    kept = Cache[str, int]()

    def fail() -> int:
        raise OSError

    async def ask() -> int:
        with pytest.raises(OSError):  # noqa: PT011 -- without a message
            await kept.made_apart("a", fail)
        return await kept.made_apart("a", lambda: 1)

    assert asyncio.run(ask()) == 1
