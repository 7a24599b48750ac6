"""How many call or come around closing: by closing time, on days without a fault, and in any zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from streams.indicators.annual import annual
from streams.indicators.closing import ClosingTime
from streams.indicators.closings import closings
from streams.indicators.period import Period
from streams.indicators.plan import ServicePlan
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, LedgerDay, LineDay, ServiceDay, TicketSlot
from tests.streams.indicators.telling import days, held, incident, opened, plan, slot_at

FIRST, LAST = date(2013, 3, 4), date(2013, 3, 8)  # a week; the office closes at 11
LATER = date(2014, 1, 1)
AROUND = ((10, 2, 3), (10, 3, 2), (11, 0, 5), (11, 1, 1), (11, 2, 9))  # the hour, its quarter, calls


def calls(day: date) -> LineDay:
    slots = {slot_at(day, hour) + quarter: CallSlot(offered=count) for hour, quarter, count in AROUND}
    return LineDay(id="lozere/circulation", day=day.isoformat(), slots=slots)


def visits(day: date, name: str = "cartes") -> ServiceDay:
    return ServiceDay(id=f"lozere/{name}", day=day.isoformat(), slots={slot_at(day, 11): TicketSlot(issued=2, open=2)})


WEEK = [*map(calls, days(FIRST, LAST))]


def test_calls_in_the_half_hours_before_and_after_closing_are_added_up() -> None:
    (found,) = closings(plan(), [], WEEK, LATER)
    assert found == ClosingTime("11:00", 5, [15, 10, 25, 5])
    assert (found.before, found.after) == (25, 30)


def test_days_under_way_wrong_days_and_long_readings_are_left_out() -> None:
    wrong = incident(FIRST, FIRST)
    readings = LineDay(id="lozere/circulation", day="2013-03-05", slots={slot_at(LAST, 9): CallSlot(reported=32)})
    (found,) = closings(plan(), [wrong], [WEEK[0], readings, *WEEK[2:]], LAST)
    assert found.days == 2
    assert closings(plan(), [incident(FIRST, LAST, verdict="undecided")], WEEK, LATER) == []
    assert closings(plan(), [incident(FIRST, LAST, verdict="overload", kind="overload")], WEEK, LATER)[0].days == 5


def test_a_pause_of_an_hour_is_a_closing_and_one_of_a_quarter_is_none() -> None:
    def split(day: date) -> Mapping[int, int]:
        noon = slot_at(day, 12)
        return {noon + each: 12 + (each + 12) // 4 - 3 for each in (-4, -3, -2, -1, 4, 5, 6, 7, 9, 10)}

    day = LineDay(id="lozere/circulation", day="2013-03-04", slots={slot_at(FIRST, 12): CallSlot(offered=4)})
    found = closings(plan(opened=split), [], [day], LATER)
    assert [(each.at, each.quarters) for each in found] == [("12:00", [0, 0, 4, 0])]


@pytest.mark.parametrize("minutes", [0, 60, 330, 345, -210])
def test_the_closing_time_is_local_in_every_zone(minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))

    def hours(day: date) -> Mapping[int, int]:
        first = round(datetime(day.year, day.month, day.day, 8, 30, tzinfo=zone).timestamp() * 1000) // QUARTER_MS
        return {first + each: (34 + each) // 4 for each in range(14)}  # from 8:30 to 12:00

    last = max(hours(FIRST))
    day = LineDay(id="lozere/circulation", day=FIRST.isoformat(), slots={last + 1: CallSlot(offered=1)})
    local = plan(opened=hours, day=lambda at: datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date())
    assert [each.at for each in closings(local, [], [day], LATER)] == ["12:00"]


def test_a_year_has_them_for_lines_services_and_sums() -> None:
    services = {"cartes": ServicePlan("", None), "permis": ServicePlan("", None)}
    both = services | {"ensemble": ServicePlan("", None, ("cartes", "permis"))}
    ledger: list[LedgerDay] = [*WEEK, *(visits(day, name) for day in days(FIRST, LAST) for name in services)]
    made = annual(held(ledger, []), plan(services=both, channels={}), Period(FIRST, LAST), LATER)
    assert made.lines["circulation"].closings == closings(plan(), [], WEEK, LATER)
    assert made.services["cartes"].closings == [ClosingTime("11:00", 5, [0, 0, 10, 0])]
    assert made.services["ensemble"].closings == [ClosingTime("11:00", 5, [0, 0, 20, 0])], "each day counts once"
    whole = annual(held(ledger, []), plan(), Period(FIRST, LAST), LATER, whole_only=True)
    assert whole.lines["circulation"].closings == made.lines["circulation"].closings
    assert whole.services["cartes"].closings == made.services["cartes"].closings
    assert len(opened(FIRST)) == 8
