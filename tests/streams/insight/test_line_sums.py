"""A whole equal to the sum of its parts passes, in any form of reading; one call more or less fails."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.insight.line_sums import broken_sums
from streams.ledger.day import CallSlot, LineDay

PARTS = {"all": ("a", "b"), "a": ("c", "d")}
CALLS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=3, max_size=3)


def told(name: str, number: int, answered: int, lost: int) -> LineDay:
    slots = {number: CallSlot(offered=answered + lost, answered=answered, lost=lost)}
    return LineDay(id=f"hall/{name}", day=f"2026-03-{number + 1:02}", slots=slots)


@given(st.lists(CALLS, min_size=1, max_size=5), st.randoms(), st.integers(-3, 3))
def test_only_a_sum_that_is_wrong_is_told_and_by_how_much(
    calls: list[list[tuple[int, int]]], chance: Random, more: int
) -> None:
    days = []
    for number, leaves in enumerate(calls):
        for name, own in {"b": leaves[:1], "c": leaves[1:2], "d": leaves[2:], "a": leaves[1:], "all": leaves}.items():
            answered, lost = (sum(each) for each in zip(*own, strict=True))
            days.append(told(name, number, answered, lost + more * (name == "all" and number == 0)))
    chance.shuffle(days)
    found = {(each.line, each.total): each.whole - each.sum for each in broken_sums(PARTS, days)}
    assert found == ({("all", "offered"): more, ("all", "lost"): more} if more else {})
