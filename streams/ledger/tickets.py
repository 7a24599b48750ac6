"""A service's day in the ledger: the tickets of one office day, counted as in `streams.tickets.visits`."""

from __future__ import annotations

from typing import Final

from streams.kept.times import QUARTER_MS
from streams.kept.waits import Waits
from streams.ledger.book import Ledger
from streams.ledger.day import ServiceDay, TicketSlot
from streams.tickets.ticket import CANCELLED, NO_SHOW, OPEN_TICKET, SERVED, TRANSFERRED, Ticket

_COLUMNS: Final = {
    OPEN_TICKET: "open",
    SERVED: "served",
    TRANSFERRED: "transferred",
    NO_SHOW: "no_show",
    CANCELLED: "cancelled",
}
_NOTHING = TicketSlot()


def slot_no_of(ticket: Ticket) -> int:
    """Return the slot number of a ticket's issue, otherwise of its first known event; both lie on its office day."""
    return (ticket.issued if ticket.issued >= 0 else ticket.first) // QUARTER_MS


def count(day: ServiceDay, ticket: Ticket, times: int = 1) -> None:
    """Count a ticket in its day, or remove it if `times` is -1."""
    slot_no = slot_no_of(ticket)
    slot = day.slots.get(slot_no)
    if slot is None:
        slot = day.slots[slot_no] = TicketSlot()
    slot.issued += times
    column = _COLUMNS[ticket.outcome]
    setattr(slot, column, getattr(slot, column) + times)
    if ticket.late:
        slot.late += times
    if ticket.unticketed:
        slot.unticketed += times
    if ticket.booked:
        slot.booked += times
        slot.booked_served += times * (ticket.outcome == SERVED)
        slot.booked_no_show += times * (ticket.outcome == NO_SHOW)
    if slot == _NOTHING:
        del day.slots[slot_no]
    if ticket.wait >= 0:
        day.waits.add(ticket.wait, times)
        if ticket.booked:
            _count_booked(day, ticket.wait, times)
    if ticket.time_in_service >= 0:
        day.times_in_service.add(ticket.time_in_service, times)


def _count_booked(day: ServiceDay, wait: int, times: int) -> None:
    """Count the wait (ms) of a visitor with an appointment; a day without any has none."""
    if day.booked_waits is None:
        day.booked_waits = Waits()
    day.booked_waits.add(wait, times)
    if times < 0 and not day.booked_waits.bins:
        day.booked_waits = None


def recount(ledger: Ledger[ServiceDay], day: int, waits: Waits) -> None:
    """Keep the true waits of a local day (an ordinal) in its page, unless the day is closed."""
    book = ledger.book
    page = book.days.get(day)
    if page is None and day > book.closed:
        page = book.days[day] = ledger.blank(day)
    if page is not None and not page.part:
        page.recounted = waits
