"""An office was present in a slot if it served somebody in it, and somebody arrived in it who was served."""

from __future__ import annotations

import msgspec

from streams.events import CallEvent, Event, RequestEvent, TicketEvent
from streams.insight.presence import Presence
from tests.streams.telling import event

QUARTER = 900.0


def heard(*events: Event) -> dict[int, int]:
    presence = Presence()
    for each in events:
        presence.hear(each)
    return presence.slots()


def ticket(kind: str, at: float) -> TicketEvent:
    return msgspec.convert({"service": "cards", "ticket": "A1", "type": kind, "at": at}, TicketEvent)


def visit(call: str, came: float, served: float) -> tuple[CallEvent, CallEvent]:
    return event("offered", came, call), event("answered", served, call)


def test_who_waits_before_the_doors_open_shows_no_presence() -> None:
    assert heard(*visit("1", 0.5 * QUARTER, 1.1 * QUARTER)) == {}


def test_who_is_served_after_closing_shows_no_presence_then() -> None:
    busy = visit("1", 1.1 * QUARTER, 1.2 * QUARTER)
    assert heard(*busy, *visit("2", 1.9 * QUARTER, 2.1 * QUARTER)) == {1: 2}


def test_a_caller_who_is_lost_shows_nothing() -> None:
    assert heard(event("offered", 10), event("lost", 20), event("diverted", 30, "2", wait=10)) == {}


def test_an_outcome_alone_implies_when_its_caller_came() -> None:
    assert heard(event("answered", 2.5 * QUARTER, wait=60, talk=0.5 * QUARTER - 300)) == {2: 1}
    assert heard(event("answered", 2.5 * QUARTER, wait=2 * QUARTER)) == {}


def test_a_ticket_shows_presence_as_a_call_does() -> None:
    assert heard(ticket("issued", 10), ticket("called", 20), ticket("served", 30)) == {0: 2}


def test_a_request_shows_nothing() -> None:
    told = {"channel": "email", "request": "1", "type": "received", "at": 10.0}
    assert heard(msgspec.convert(told, RequestEvent)) == {}


def test_ringing_and_the_end_of_a_visit_show_nothing_more() -> None:
    came, served = visit("1", 0.5 * QUARTER, 1.1 * QUARTER)
    assert heard(came, event("ringing", QUARTER, "1"), served) == heard(came, served) == {}
    assert heard(ticket("issued", 10), ticket("called", 20), ticket("completed", 1.5 * QUARTER)) == {0: 1}
