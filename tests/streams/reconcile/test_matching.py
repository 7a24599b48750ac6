"""The matcher on one window of two records."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.reconcile.matching import FEWEST, Pairing, by_id, decide, join, match
from tests.streams.reconcile.seen import elsewhere, office, seen

NONE: tuple[set[str], set[str]] = (set(), set())


def no_offset(_at: int) -> int:
    return 0


def test_ids_join_if_enough_are_shared() -> None:
    first = office(20, callers=False)
    for shared in (FEWEST - 1, FEWEST):
        second = [*first[:shared], *(replace(each, call=f"b{each.call}") for each in office(20, seed=2, callers=False))]
        decided = decide(first, second, by_id(first, second), FEWEST)
        assert (decided is not None and decided[0] == "id") == (shared == FEWEST)


def test_ids_that_lie_apart_at_random_do_not_join() -> None:
    first = [replace(each, call=str(number)) for number, each in enumerate(office(100))]
    second = [replace(elsewhere(each, drift=0), call=str(number)) for number, each in enumerate(reversed(first))]
    decided = decide(first, second, by_id(first, second), FEWEST)
    assert decided is not None
    assert decided[0] == "time"
    assert decided[1].offset == pytest.approx(37_000, abs=500)


def test_each_call_of_a_window_is_yielded_once() -> None:
    first = [*office(50), seen("twin"), seen("other twin")]
    second = [elsewhere(each, drift=0) for each in first[10:]]
    joined = join("time", first, second, lambda _: 37_000)
    found = list(match(joined, first, second, lambda _: 37_000, NONE))
    assert sorted(each.first.call for each in found if each.first) == sorted(each.call for each in first)
    assert sorted(each.second.call for each in found if each.second) == sorted(each.call for each in second)
    assert sum(each.ambiguous for each in found) == 2
    assert {each.ahead for each in found if each.first and each.second} == {37_000}


def test_a_call_that_one_record_lacks_knows_whether_its_caller_is_there() -> None:
    first, second = [seen("7"), seen("7#2")], [seen("7")]
    joined = join("id", first, second, no_offset)
    callers = ({"7"}, {"7"})
    assert list(match(joined, first, second, no_offset, callers)) == [
        Pairing(first[0], second[0]),
        Pairing(first[1], None, elsewhere=True),
    ]


def test_nothing_is_joined_until_the_way_is_decided() -> None:
    first = office(5)
    for way in ("undecided", "none"):
        assert join(way, first, first, no_offset) == ([], [])
