"""A line's lost rate before and since an incident: each call in opening hours counts once, in its own interval."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agents.board.story import case_story, period_of, story_of
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, ChannelDay, RequestSlot, ServiceDay, TicketSlot
from streams.watch.incident import Incident
from tests.streams.indicators.telling import incident, line_days, opened

ZONE = ZoneInfo("UTC")
FIRST = date(2013, 9, 3)  # a Tuesday
MONDAY = date(2013, 3, 4)


def of(days: int, **more: object) -> Incident:
    return incident(FIRST, FIRST + timedelta(days - 1), **more)


@pytest.mark.parametrize(("days", "grain", "count"), [(1, "hour", 8), (4, "day", 44), (60, "week", 35)])
def test_it_is_told_by_hours_days_or_weeks(days: int, grain: str, count: int) -> None:
    found = of(days)
    _, first, last = period_of(found, ZONE)
    told = line_days(first, last, lambda _: CallSlot(offered=2, answered=1, lost=1))
    story = story_of(found, told, opened, ZONE)
    assert story.grain == grain
    assert sum(each.calls.raw.offered for each in story.spans) == 2 * sum(len(day.slots) for day in told)
    assert [each.begins for each in story.spans] == sorted({each.begins for each in story.spans})
    assert len(story.spans) == count
    assert not story.spans[0].within
    assert any(each.within for each in story.spans)


def test_what_a_law_names_is_recounted_in_the_incident_alone() -> None:
    found = of(4, kind="answered-as-lost")
    _, first, last = period_of(found, ZONE)
    told = line_days(first, last, lambda _: CallSlot(offered=10, answered=4, lost=6, talked=5))
    for span in story_of(found, told, opened, ZONE).spans:
        assert span.calls.raw.lost_rate == 0.6
        assert span.calls.left_out == 0
        assert span.calls.believed.lost_rate == (0.1 if span.within else 0.6)


def test_what_nobody_can_recount_is_not_known_and_what_is_real_is_as_counted() -> None:
    _, first, last = period_of(of(4), ZONE)
    told = line_days(first, last, lambda _: CallSlot(offered=10, answered=4, lost=6))
    within = [each for each in story_of(of(4), told, opened, ZONE).spans if each.within]
    assert all(each.calls.left_out for each in within)
    for real in (of(4, verdict="overload", kind="overload"), of(4, status="dismissed")):
        spans = story_of(real, told, opened, ZONE).spans
        assert all(each.calls.believed == each.calls.raw for each in spans)


def test_closed_hours_are_none_of_the_story() -> None:
    found = of(1)
    night = line_days(FIRST, FIRST, lambda _: CallSlot(offered=1, lost=1))[0]
    night.slots = {slot_no + 40: slot for slot_no, slot in night.slots.items()}
    assert story_of(found, [night], opened, ZONE).spans == []


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
        day = MONDAY + timedelta(number)
        slots = {slot_of(day): TicketSlot(issued=10, served=10)}
        recounted = None if true is None else waits(true)
        days.append(
            ServiceDay(id="lozere/cards", day=day.isoformat(), slots=slots, waits=waits(raw), recounted=recounted)
        )
    return days


def test_a_day_of_the_incident_is_recounted_or_left_out() -> None:
    found = incident(MONDAY + timedelta(1), MONDAY + timedelta(2), cause="waits divided by 60", kind="unit")
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
    found = incident(MONDAY + timedelta(1), MONDAY + timedelta(2), cause="waits divided by 60", kind="unit")
    found.desk, found.status = "service", "dismissed"
    assert [each.believed for each in case_story(found, days_of(), ZONE).spans] == [600.0, 10.0, 10.0, 600.0]


def test_a_register_shows_its_delays() -> None:
    found = incident(MONDAY, MONDAY, cause="same moments", kind="same-stamp")
    found.desk = "channel"
    slots = {slot_of(MONDAY): RequestSlot(received=4, answered=4, days=12)}
    (span,) = case_story(found, [ChannelDay(id="lozere/email", day=MONDAY.isoformat(), slots=slots)], ZONE).spans
    assert (span.counted, span.believed) == (3.0, None)
