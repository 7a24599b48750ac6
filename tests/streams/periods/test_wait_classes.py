"""Waits in classes: every wait is in one class, within 1 % of its bound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.kept.waits import Waits
from streams.periods.wait_classes import CALL_CLASSES, TICKET_CLASSES, shorter, wait_classes


@given(st.lists(st.integers(0, 4_000_000)), st.sampled_from([CALL_CLASSES, TICKET_CLASSES]))
def test_every_wait_stands_in_one_class_within_a_hundredth_of_its_ends(
    lengths: list[int], ends: tuple[float, ...]
) -> None:
    waits = Waits()
    for length in lengths:
        waits.add(length)
    classes = wait_classes(waits, ends)
    assert sum(each.waits for each in classes) == len(lengths)
    for each in classes:
        upto = float("inf") if each.upto is None else each.upto * 1010
        surely = sum(each.above * 1010 < one < upto / 1.0201 for one in lengths)
        maybe = sum(each.above * 990 <= one <= upto for one in lengths)
        assert surely <= each.waits <= maybe


def test_the_waits_shorter_than_a_limit_are_counted() -> None:
    waits = Waits()
    for seconds in (0, 1, 4, 6, 90):
        waits.add(seconds * 1000)
    assert shorter(waits, 5.0) == 3
