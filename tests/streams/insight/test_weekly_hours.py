"""Opening hours are estimated from regular traffic, in quarters of an hour, ignoring single events."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.insight.weekly_hours import Spans, WeeklyHours, weekday, weekly_hours

MONDAY = date(2024, 1, 8).toordinal()
OFFICE: Spans = ((34, 48), (54, 68))  # 08:30-12:00,13:30-17:00

Traffic = dict[int, dict[int, int]]


def traffic(weeks: int, hours: Callable[[int], Spans], a_quarter: float = 4.0, seed: int = 1) -> Traffic:
    """Return calls of an office whose hours depend on the weekday, at a mean rate per quarter of an hour."""
    chance = random.Random(seed)
    found: Traffic = {}
    for day in range(MONDAY, MONDAY + 7 * weeks):
        for start, end in hours(weekday(day)):
            for quarter in range(start, end):
                if count := sum(chance.random() < a_quarter / 20 for _ in range(20)):
                    found.setdefault(day, {})[quarter] = count
    return found


def office(number: int) -> Spans:
    return OFFICE if number < 5 else ()


def shown(there: Traffic, weeks: int, without: Iterable[int] = ()) -> str:
    found = weekly_hours(there, [day for day in range(MONDAY, MONDAY + 7 * weeks) if day not in without])
    assert found is not None
    return found.notation()


def test_two_openings_a_day_are_found() -> None:
    assert shown(traffic(6, office), 6) == "Mo-Fr 08:30-12:00,13:30-17:00"


def test_a_weekday_has_hours_of_its_own_where_it_shows_them() -> None:
    def hours(number: int) -> Spans:
        return ((34, 48),) if number == 4 else ((36, 50),) if number == 5 else office(number)

    assert shown(traffic(8, hours), 8) == "Mo-Th 08:30-12:00,13:30-17:00; Fr 08:30-12:00; Sa 09:00-12:30"


def test_a_closed_weekday_is_closed() -> None:
    assert shown(traffic(6, lambda number: () if number == 2 else office(number)), 6) == (
        "Mo-Tu 08:30-12:00,13:30-17:00; Th-Fr 08:30-12:00,13:30-17:00"
    )


def test_an_office_that_never_closes_says_so() -> None:
    assert shown(traffic(4, lambda _: ((0, 96),)), 4) == "24/7"


def test_somebody_at_work_at_odd_times_opens_nothing() -> None:
    there = traffic(8, office)
    for day, quarter in ((0, 78), (3, 30), (12, 50), (19, 8)):
        there.setdefault(MONDAY + day, {})[quarter] = 40
    there[MONDAY + 5] = {40: 3, 41: 2}  # a single Saturday
    assert shown(there, 8) == "Mo-Fr 08:30-12:00,13:30-17:00"


def test_a_quiet_noon_is_no_closing() -> None:
    there = traffic(8, lambda number: ((34, 68),) if number < 5 else ())
    for quarters in there.values():
        for quarter in range(48, 54):
            if quarter in quarters:
                quarters[quarter] = max(1, quarters[quarter] // 4)
    assert shown(there, 8) == "Mo-Fr 08:30-17:00"


def test_a_torn_weekday_has_the_usual_hours() -> None:
    there = traffic(1, office)
    there[MONDAY + 4] = {quarter: count for quarter, count in there[MONDAY + 4].items() if quarter < 40}
    assert shown(there, 1) == "Mo-Fr 08:30-12:00,13:30-17:00"


def test_weekdays_that_no_day_is_are_named_and_open_if_working() -> None:
    found = weekly_hours(traffic(1, office), [MONDAY, MONDAY + 1, MONDAY + 2])
    assert found is not None
    assert found.unseen == (3, 4, 5, 6)
    assert found.notation() == "Mo-Fr 08:30-12:00,13:30-17:00"


def test_too_few_days_or_calls_show_no_hours() -> None:
    assert weekly_hours(traffic(1, office), [MONDAY, MONDAY + 1]) is None
    few: Traffic = {MONDAY + day: {40: 1} for day in range(5)}
    assert weekly_hours(few, range(MONDAY, MONDAY + 7)) is None
    assert weekly_hours({}, []) is None


def test_a_day_that_is_left_out_shows_nothing() -> None:
    there = traffic(4, office)
    there[MONDAY + 6] = dict.fromkeys(range(20, 90), 9)  # an unusual Sunday
    assert shown(there, 4, without=[MONDAY + 6]) == "Mo-Fr 08:30-12:00,13:30-17:00"


@settings(max_examples=40, deadline=None)
@given(start=st.integers(20, 40), length=st.integers(12, 40), a_quarter=st.floats(0.6, 8), seed=st.integers(0, 999))
def test_an_opening_is_found_within_a_quarter(start: int, length: int, a_quarter: float, seed: int) -> None:
    found = weekly_hours(
        traffic(10, lambda number: ((start, start + length),) if number < 5 else (), a_quarter, seed),
        range(MONDAY, MONDAY + 70),
    )
    assert found is not None
    assert found.week[5:] == ((), ())
    for spans in found.week[:5]:
        ((first, last),) = spans
        assert abs(first - start) <= 1
        assert abs(last - start - length) <= 1


def test_groups_of_weekdays_are_written_as_one() -> None:
    assert WeeklyHours((OFFICE, OFFICE, (), OFFICE, (), (), OFFICE), 9, ()).notation() == (
        "Mo-Tu 08:30-12:00,13:30-17:00; Th 08:30-12:00,13:30-17:00; Su 08:30-12:00,13:30-17:00"
    )
