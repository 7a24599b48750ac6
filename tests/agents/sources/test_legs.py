"""Legs are collected within bounds."""

from __future__ import annotations

import pytest

from agents.sources.legs import MOST_LEGS, Legs, fields
from streams.decoding import Invalid


def test_the_calls_that_were_not_touched_for_longest_are_closed() -> None:
    legs: Legs[int] = Legs()
    for call, row in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        legs.add(row, [call])
    assert list(legs.closed(1)) == [[2], [1, 3]]
    assert legs.of("a") == []
    assert list(legs.closed(0)) == [[4]]


def test_a_row_with_names_of_two_calls_joins_them() -> None:
    legs: Legs[int] = Legs()
    legs.add(1, ["x", "1/11", "1/12"])
    legs.add(2, ["y", "1/13", "1/14"])
    legs.add(3, ["z", "1/15"])
    legs.add(4, ["x", "1/12", "1/14"])
    legs.add(5, ["w", "1/13"])
    assert legs.of("y") == legs.of("1/11") == [2, 1, 4, 5]
    assert list(legs.closed(0)) == [[3], [2, 1, 4, 5]]
    legs.add(6, ["y", "1/14"])
    assert list(legs.closed(0)) == [[6]], "a closed call holds no name"


def test_a_leg_of_every_call_does_not_join_them_all() -> None:
    legs: Legs[int] = Legs()
    for row in range(3 * MOST_LEGS):
        legs.add(row, [f"call {row}"])
        legs.add(row, [f"call {row}", "agent"])
    closed = list(legs.closed(0))
    assert len(closed) > 1
    assert sum(map(len, closed)) == 6 * MOST_LEGS


def test_a_row_is_read_as_csv_or_refused() -> None:
    assert fields(b'"Zo\xc3\xa9, Z", 2 ,""\r\n') == ["Zoé, Z", "2", ""]
    with pytest.raises(Invalid, match="expected a row of CSV"):
        fields(b'"' + 200_000 * b"x" + b'"\n')
