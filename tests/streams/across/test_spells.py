"""A spell is one disturbance of one office; two spells match if they share most of their opening hours."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.across.place import OfficeHours
from streams.across.spells import OVERLOAD, alike, places, shared, sorts_of, spells_of
from streams.watch.counting import SILENCE
from tests.streams.across.telling import DAY, office, overload, slot, told

HOURS = OfficeHours([office(0)])


def test_the_lines_of_an_office_that_fall_silent_together_are_one_spell() -> None:
    lines = [told("a", DAY, 9, 11), told("b", DAY, 9.25, 11.5), told("c", DAY, 14, 16)]
    first, second = spells_of("s000", lines, HOURS, SILENCE)
    assert [each.line for each in first.incidents] == ["a", "b"]
    assert (first.first, first.end, first.length) == (slot(DAY, 9.25), slot(DAY, 11), 7)
    assert second.incidents == [lines[2]]


def test_closed_hours_are_no_part_of_a_spell_unless_it_is_about_them() -> None:
    night = [told("a", DAY, 18, 22, cause="closed hours", kind="closed-hours")]
    assert spells_of("s000", night, HOURS, SILENCE) == []
    (spell,) = spells_of("s000", night, HOURS, "closed-hours")
    assert spell.length == 16
    (over_noon,) = spells_of("s000", [told("a", DAY, 11, 14)], HOURS, SILENCE)
    assert over_noon.length == 8


def test_silences_are_of_one_sort_and_what_is_undecided_may_be_an_overload() -> None:
    assert [*sorts_of(told("a", DAY, 9, 11))] == [SILENCE]
    assert [*sorts_of(overload("a", DAY, 9, 11))] == [OVERLOAD]
    assert [*sorts_of(overload("a", DAY, 9, 11, verdict="undecided", kind="drift"))] == ["drift", OVERLOAD]
    assert [*sorts_of(told("a", DAY, 9, 11, status="dismissed"))] == []


@given(st.integers(1, 40), st.integers(1, 40))
def test_there_are_as_many_places_as_there_are_that_are_alike(length: int, other: int) -> None:
    one = set(range(100, 100 + length))
    overlaps = [len(one & set(range(first, first + other))) for first in range(200)]
    assert sum(each >= shared(length, other) for each in overlaps) == places(length, other) == places(other, length)


def test_a_long_spell_is_not_alike_to_a_short_one_within_it() -> None:
    (short,) = spells_of("s000", [told("a", DAY, 9, 9.5)], HOURS, SILENCE)
    (long,) = spells_of("s000", [told("a", DAY, 8, 17)], HOURS, SILENCE)
    assert not alike(short, long)
    assert alike(long, long)
