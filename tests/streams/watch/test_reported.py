"""Readings that fall by day or contradict themselves stay one incident, whatever comes in between."""

from __future__ import annotations

from streams.watch.facts import CounterOff
from tests.streams.desks.test_reported import DAY, FIRST, OFFICE, of_day, running, taken

NINE = 9 * 3_600.0


def test_totals_that_fall_several_times_by_day_are_one_incident_with_its_latest_evidence() -> None:
    told = (500, 480, 20), (510, 489, 21), (3, 3, 0), (10, 9, 1), (2, 1, 1)
    line = taken(*(running(NINE + 900 * number, *each) for number, each in enumerate(told)))
    (incident,) = line.state.watch.incidents
    assert (incident.kind, incident.verdict) == ("reset", "miscount")
    assert incident.start == round((FIRST + NINE + 900) * 1000)
    assert incident.end == round((FIRST + NINE + 3_600) * 1000)
    day = OFFICE.day(incident.start)
    assert [each.facts for each in incident.evidence] == [
        CounterOff("reset", "offered", -8, day, 9),
        CounterOff("reset", "answered", -8, day, 9),
    ]


def test_a_wrong_day_reported_again_is_marked_by_the_incident_and_a_right_one_is_not() -> None:
    """The lost column holds the answered calls too."""
    line = taken(*(of_day(day, 10, 9, 10) for day in range(4)))
    line.read(of_day(1, 20, 18, 20))
    line.read(of_day(2, 10, 9, 1))
    periods = line.state.reported.periods
    assert [(each.copies, each.copies_lost) for each in periods] == [(9, 9), (18, 18), (0, 0), (9, 9)]
    assert periods[1].start == (FIRST + DAY) * 1000
