"""A clock that is an hour off, in a file that is sorted, in long and in short opening hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.simulation.office import OfficeDay
from streams.simulation.simulate import simulate
from streams.watch.clock import SHIFTED
from streams.watch.facts import HoursShifted
from streams.watch.incident import ASKED
from tests.streams.simulation.offices import LINE, calls, office
from tests.streams.watch.telling import closed, folded, incidents

SOUND, FAULTY, AFTER = 42, 14, 7  # days
MONDAY = date(2013, 1, 7)
DAY, HOUR = 86_400, 3_600


def line(opens: float, closes: float, hours: float, a_day: float) -> Line:
    """Return a line that is open every day; its events are dated some hours wrong for two weeks."""
    within = []
    for passed in range(SOUND + FAULTY + AFTER):
        day = MONDAY + timedelta(passed)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        within.append(OfficeDay(day, start, start + DAY, ((start + opens * HOUR, start + closes * HOUR),)))
    profile = replace(LINE, calls_a_day=a_day)
    first, end = within[SOUND].start, within[SOUND + FAULTY].start
    told = [
        replace(event, at=event.at + hours * HOUR) if first <= event.at < end else event  # type: ignore[operator]
        for event in calls(list(simulate(office(profile), within, 5)[0]))
    ]
    rules = LineRules(
        site="lozere",
        line="circulation",
        expected=profile.expected_lost_rate,
        open=lambda at: opens <= at / 1000 % DAY / HOUR < closes,
    )
    return closed(folded(sorted(told, key=lambda event: event.at), rules))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("opens", "closes", "hours", "a_day"), [(0, 24, -1, 250), (7, 24, 1, 100), (8.5, 17, -1, 60), (8.5, 17, 1, 60)]
)
def test_a_clock_that_is_an_hour_off_is_told_until_it_is_right(
    opens: float, closes: float, hours: int, a_day: float
) -> None:
    (found,) = [each for each in incidents(line(opens, closes, hours, a_day)) if each.cause == SHIFTED]
    assert (found.kind, found.verdict, found.status) == ("clock", "undecided", "closed"), "hours may have moved"
    start = datetime(2013, 1, 7, tzinfo=UTC).timestamp() * 1000
    assert found.start == pytest.approx(start + SOUND * DAY * 1000, abs=1.5 * DAY * 1000)
    assert found.end == pytest.approx(start + (SOUND + FAULTY) * DAY * 1000, abs=1.5 * DAY * 1000)
    evidence, asked = found.evidence
    assert asked.check == ASKED
    assert evidence.observed == hours
    assert isinstance(evidence.facts, HoursShifted)
    assert evidence.facts.hours == hours


@pytest.mark.slow
def test_a_clock_that_is_right_is_not_told() -> None:
    assert [each for each in incidents(line(7, 24, 0, 100)) if each.verdict == "miscount"] == []
