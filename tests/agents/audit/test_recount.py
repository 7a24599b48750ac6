"""A day in the ledger beside the same day counted from the events."""

from __future__ import annotations

import pytest

from agents.audit.recount import differences
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, RequestSlot, ServiceDay, TicketSlot

CAUSES = {"delay": 2, "error": 1}
KEY = "lozere/cards/2013-03-04"
COUNTED = TicketSlot(
    issued=9, served=6, no_show=2, open=1, booked=4, booked_served=3, booked_no_show=1, late=2, unticketed=3
)
MINUTES = Waits()
MINUTES.add(60_000)


def day(booked_waits: Waits | None = MINUTES, **changed: int) -> ServiceDay:
    slot = TicketSlot(**{name: getattr(COUNTED, name) for name in COUNTED.__struct_fields__} | changed)
    return ServiceDay(id="lozere/cards", day="2013-03-04", slots={1: slot}, booked_waits=booked_waits)


def found(recorded: ServiceDay) -> list[str]:
    return [str(each.says) for each in differences(KEY, recorded, day())]


@pytest.mark.parametrize(
    ("name", "count"), [("booked", 3), ("booked_served", 0), ("late", 0), ("unticketed", 2), ("served", 7)]
)
def test_another_count_of_tickets_is_reported(name: str, count: int) -> None:
    (says,) = found(day(MINUTES, **{name: count}))
    assert f"{name} {getattr(COUNTED, name)} → {count}" in says


def test_other_waits_of_appointments_are_reported() -> None:
    (says,) = found(day(booked_waits=None))
    assert "booked_waits 60000 → 0" in says


def test_a_day_of_an_earlier_version_and_what_depends_on_time_are_not() -> None:
    assert found(day()) == []
    assert found(day(booked_waits=None, booked=0, booked_served=0, booked_no_show=0, late=0, unticketed=0)) == []
    assert found(day(no_show=3, booked_no_show=2, open=0)) == []


def test_other_reasons_of_complaints_are_reported_unless_none_was_stored() -> None:
    counted = ChannelDay(id="lozere/complaint", day="2013-03-04", slots={1: RequestSlot(received=3, reasons=CAUSES)})
    moved, none = (
        ChannelDay(id=counted.id, day=counted.day, slots={1: RequestSlot(received=3, reasons=causes)})
        for causes in ({"delay": 1, "error": 2}, {})
    )
    (found,) = differences("lozere/complaint/2013-03-04", moved, counted)
    assert "delay 2 → 1, error 1 → 2" in str(found.says)
    assert [*differences("lozere/complaint/2013-03-04", none, counted)] == []
