"""Garbage collection looks at none of a worker's desks, and at few objects at once."""

from __future__ import annotations

import gc
from itertools import count
from weakref import ref

import pytest

from agents import garbage
from agents.garbage import ROUND, collect_new, uncollected


class Circle:
    """An object that refers to itself."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def _first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_calls", count(1))


def looked_at() -> set[int]:
    """Return the ids of the objects at which a collection looks."""
    return {id(each) for each in gc.get_objects()}


def test_what_there_is_at_the_end_of_the_block_is_never_collected_and_nothing_is_meanwhile() -> None:
    with uncollected():
        within = gc.isenabled()
        before = [object()]
    after = [object()]
    assert (within, gc.isenabled()) == (False, True)
    assert id(before) not in looked_at()
    assert id(after) in looked_at()


def test_not_even_new_garbage_is_collected_within_the_block() -> None:
    with uncollected():
        seen = ref(Circle())
        collect_new()
        assert seen() is not None


def test_collection_goes_on_after_a_block_that_fails() -> None:
    with pytest.raises(InterruptedError), uncollected():
        raise InterruptedError
    assert gc.isenabled()


def test_new_garbage_is_collected_at_each_call_and_older_garbage_once_a_round() -> None:
    lasting = Circle()
    seen, older = ref(Circle()), ref(lasting)
    collect_new()
    assert seen() is None
    gc.collect(1)  # it is of the oldest generation now
    del lasting
    collect_new()
    assert older() is not None
    for _ in range(ROUND):
        collect_new()
    assert older() is None


def test_what_lives_at_the_end_of_a_round_is_looked_at_no_more() -> None:
    lasting = Circle()
    assert id(lasting) in looked_at()
    for _ in range(ROUND):
        collect_new()
    assert id(lasting) not in looked_at()
