"""A service over a period: its tickets with an appointment beside the others."""

from __future__ import annotations

from streams.indicators.plan import ServicePlan
from streams.indicators.service import BookedVisits, service_totals
from streams.kept.waits import Waits
from streams.ledger.day import ServiceDay, TicketSlot

PLAN = ServicePlan("Cartes grises", 1800.0)


def waits(*minutes: int) -> Waits:
    found = Waits()
    for each in minutes:
        found.add(each * 60_000)
    return found


def day(number: int, slot: TicketSlot, every: Waits, booked: Waits | None = None) -> ServiceDay:
    return ServiceDay(id="lozere/cartes", day=f"2013-03-{number:02}", slots={1: slot}, waits=every, booked_waits=booked)


def test_tickets_with_an_appointment_stand_beside_those_without() -> None:
    days = [
        day(4, TicketSlot(issued=4, booked=2, booked_served=1, booked_no_show=1), waits(2, 4, 20, 40), waits(2, 4)),
        day(5, TicketSlot(issued=2, booked=1, booked_served=1), waits(3, 60), waits(3)),
        day(6, TicketSlot(issued=1), waits(80)),
    ]
    booked = service_totals(days, PLAN).booked
    assert booked == BookedVisits(issued=3, served=2, no_show=1, wait=180.0, walk_in_wait=3000.0, called=3, walk_ins=4)


def test_tickets_of_a_kind_that_nobody_called_have_no_wait() -> None:
    uncalled = day(4, TicketSlot(issued=2, booked=1, booked_no_show=1), waits(20))
    assert BookedVisits.of([uncalled]) == BookedVisits(1, 0, 1, None, 1200.0, 0, 1)
    alone = day(4, TicketSlot(issued=1, booked=1, booked_served=1), waits(5), waits(5))
    assert BookedVisits.of([alone]) == BookedVisits(1, 1, 0, 300.0, None, 1, 0)


def test_a_service_without_appointments_has_none() -> None:
    assert service_totals([day(4, TicketSlot(issued=2, served=2), waits(5, 9))], PLAN).booked is None
