"""What a view of cases says of opening hours and of the order in which visitors are met."""

from __future__ import annotations

from streams.cases.case import SeenCase
from streams.cases.usual import UsualCases
from streams.cases.view import CaseRules, Opened, View, memory, overtaken, together
from streams.kept.times import DAY_MS, HOUR_MS, MINUTE_MS, utc_day


def view(opened: Opened | None, *cases: SeenCase) -> View:
    return View(CaseRules("titres", "service", utc_day, opened), UsualCases(), cases, whole=True)


def visit(begun: int, met: int, ended: int = -1, counter: int = 0) -> SeenCase:
    """Return a visit; moments in minutes."""
    moments = (each * MINUTE_MS if each >= 0 else -1 for each in (begun, met, ended))
    begun, met, ended = moments
    return SeenCase(-1, 0, begun=begun, met=met, ended=ended, counter=counter)


def first_day(day: int) -> list[tuple[int, int]]:
    return [(9 * HOUR_MS, 17 * HOUR_MS)] if day == utc_day(0) else []


def test_nothing_is_known_of_moments_without_opening_hours() -> None:
    unknown = view(None)
    assert unknown.is_open(0) is None
    assert not unknown.early(0)
    assert not unknown.shut(3 * HOUR_MS)


def test_a_moment_is_early_or_shut_only_well_outside_the_hours_of_its_day() -> None:
    known = view(first_day)
    assert (known.is_open(0), known.is_open(DAY_MS)) == (True, False)
    assert [known.early(9 * HOUR_MS - before * MINUTE_MS) for before in (0, 15, 16)] == [False, False, True]
    assert [known.shut(hour * HOUR_MS) for hour in (7, 8, 19, 20)] == [True, False, False, True]
    assert not known.early(DAY_MS + HOUR_MS), "a closed day has no hours"
    assert known.shut(DAY_MS + 12 * HOUR_MS)


def test_a_wait_that_follows_the_one_before_has_a_memory_and_equal_or_few_waits_have_none() -> None:
    grown = [visit(at, at + wait) for at, wait in enumerate(range(1, 9))]
    assert round(memory(grown), 3) == 1.0
    assert memory(grown[:4]) == memory([visit(at, at + 5) for at in range(8)]) == 0.0


def test_visitors_are_overtaken_if_the_next_one_is_met_before_them() -> None:
    assert overtaken([]) == overtaken([visit(0, 5)]) == 0.0
    assert overtaken([visit(0, 9), visit(1, 3), visit(2, 8), visit(3, 20)]) == 1 / 3


def test_visits_are_served_together_from_their_meeting_to_their_end() -> None:
    visits = visit(0, 1, 10), visit(0, 5, 8), visit(0, 8, 12), visit(0, 9), visit(0, 7, 3)
    assert together(visits) == 2


def test_visits_overlap_at_their_own_counter_alone_by_more_than_a_minute() -> None:
    first, tidy, late, other = visit(0, 1, 10, 1), visit(0, 9, 20, 1), visit(0, 15, 30, 1), visit(0, 2, 9, 2)
    seen = view(None, first, tidy, late, other)
    assert [seen.overlap(each) for each in (first, tidy, late, other)] == [None, False, True, None]
    assert seen.overlaps(seen.cases) == (1, 2)
