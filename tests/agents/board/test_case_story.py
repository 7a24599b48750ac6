"""The picture of an incident of a counter: mean waits as counted and as believed, by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agents.board.case_story import case_story
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, RequestSlot, ServiceDay, TicketSlot
from tests.streams.indicators.telling import incident

ZONE = ZoneInfo("UTC")
FIRST = date(2013, 3, 4)  # a Monday


def waits(seconds: int) -> Waits:
    found = Waits()
    for _ in range(10):
        found.add(seconds * 1000)
    return found


def slot_of(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, 10, tzinfo=ZONE).timestamp()) // 900


def days_of() -> list[ServiceDay]:
    """Return four days: the second one has waits divided by 60 that were recounted, the third was not recounted."""
    days = []
    for number, (raw, true) in enumerate([(600, None), (10, 600), (10, None), (600, None)]):
        day = FIRST + timedelta(number)
        slots = {slot_of(day): TicketSlot(issued=10, served=10)}
        recounted = None if true is None else waits(true)
        days.append(
            ServiceDay(id="lozere/cards", day=day.isoformat(), slots=slots, waits=waits(raw), recounted=recounted)
        )
    return days


def test_a_day_of_the_incident_is_recounted_or_left_out() -> None:
    found = incident(FIRST + timedelta(1), FIRST + timedelta(2), cause="waits divided by 60", kind="unit")
    found.desk = "service"
    story = case_story(found, days_of(), ZONE)
    assert story.grain == "day"
    assert [(each.counted, each.believed, each.within) for each in story.spans] == [
        (600.0, 600.0, False),
        (10.0, 600.0, True),
        (10.0, None, True),
        (600.0, 600.0, False),
    ]


def test_a_dismissed_incident_leaves_the_waits_as_they_were_counted() -> None:
    found = incident(FIRST + timedelta(1), FIRST + timedelta(2), cause="waits divided by 60", kind="unit")
    found.desk, found.status = "service", "dismissed"
    assert [each.believed for each in case_story(found, days_of(), ZONE).spans] == [600.0, 10.0, 10.0, 600.0]


def test_a_register_shows_its_delays() -> None:
    found = incident(FIRST, FIRST, cause="same moments", kind="same-stamp")
    found.desk = "channel"
    slots = {slot_of(FIRST): RequestSlot(received=4, answered=4, days=12)}
    (span,) = case_story(found, [ChannelDay(id="lozere/email", day=FIRST.isoformat(), slots=slots)], ZONE).spans
    assert (span.counted, span.believed) == (3.0, None)
