"""Opening hours in which no case begins, beside the usual hours of that weekday."""

from __future__ import annotations

import pytest

from streams.cases.missing import hole
from streams.cases.usual import UsualCases
from streams.checks.profile import HOURS
from streams.kept.times import HOUR_MS

OPENS, CLOSES = 9, 17
HOURS_MS = [(OPENS * HOUR_MS + HOUR_MS // 2, CLOSES * HOUR_MS)]
NOON = 12  # closed for an hour


def usual(each_hour: float = 12.0) -> UsualCases:
    """Return a desk with as many cases in each opening hour of every Monday."""
    found = UsualCases()
    found.hours.days[0] = 2.0
    for hour in {*range(OPENS, CLOSES)} - {NOON}:
        found.hours.hours[hour] = 2.0 * each_hour
    return found


def came(*silent: int) -> list[int]:
    """Return the cases of a day by hour, without any in the `silent` hours."""
    hours = [0] * HOURS
    for hour in {*range(OPENS, CLOSES)} - {NOON, *silent}:
        hours[hour] = 10
    return hours


@pytest.mark.parametrize(
    ("silent", "found"),
    [
        ((), None),
        ((10,), None),  # one hour
        ((9, 10), (9, 11, 24.0)),
        ((10, 11), (10, 12, 24.0)),  # until the closed hour
        ((10, 11, 13), (10, 14, 36.0)),  # the closed hour parts nothing
        ((9, 10, 13, 14, 15, 16), (13, 17, 48.0)),  # the longer of two, until the office closes
        (tuple(range(OPENS, CLOSES)), (9, 17, 84.0)),
    ],
)
def test_a_hole_is_the_stretch_without_cases_in_which_most_were_expected(
    silent: tuple[int, ...], found: tuple[int, int, float] | None
) -> None:
    expected = None if found is None else (found[0] * HOUR_MS, found[1] * HOUR_MS, found[2])
    assert hole(usual(), 0, came(*silent), HOURS_MS, OPENS) == expected


def test_a_quiet_desk_a_closed_day_and_an_unknown_weekday_have_no_hole() -> None:
    assert hole(usual(1.0), 0, came(10, 11), HOURS_MS, OPENS) is None
    assert hole(usual(), 0, came(10, 11), [], OPENS) is None
    assert hole(usual(), 1, came(10, 11), HOURS_MS, OPENS) is None
