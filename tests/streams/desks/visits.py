"""Events of a service, short to write, and its figures."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import msgspec

from streams.calls.windows import WINDOWS, Window
from streams.desks.service import Service
from streams.events import TicketEvent, milliseconds
from streams.kept.times import DAY_MS
from streams.ledger.sums import whole
from streams.tickets.rules import ServiceRules
from streams.tickets.ticket import CANCELLED, NO_SHOW, OPEN_TICKET, SERVED, TRANSFERRED

HOUR, MINUTE = 3_600_000, 60_000


def closing(at: int) -> int:
    """Close at 17:00 UTC every day."""
    return at // DAY_MS * DAY_MS + 17 * HOUR


RULES = ServiceRules(site="lozere", service="cni-passeport", target_wait=30 * MINUTE, closing=closing)
LATENESS = RULES.lateness / 1000
MIDNIGHT = 20_000 * DAY_MS / 1000  # epoch s
LONG_AFTER = 20_100 * DAY_MS  # ms: a hundred days, after which all tickets of these tests are settled
WINDOW: dict[str, Window] = {window.name: window for window in WINDOWS}


def event(kind: str, at: float, ticket: str = "A1", **more: Any) -> TicketEvent:
    """Return an event of a ticket, `at` seconds after a midnight."""
    return msgspec.convert(
        {"service": "cni-passeport", "ticket": ticket, "type": kind, "at": MIDNIGHT + at, **more}, TicketEvent
    )


def clock(told: str) -> float:
    """Return `09:15` as seconds after midnight."""
    hours, minutes = told.split(":")
    return 3600.0 * int(hours) + 60 * int(minutes)


def moment(told: str) -> int:
    return round((MIDNIGHT + clock(told)) * 1000)


def day(text: str) -> list[TicketEvent]:
    """Read tickets, one a line: number, then types with their times; return their events in order."""
    told = []
    for line in text.strip().splitlines():
        number, *words = line.split()
        for kind, when in zip(words[::2], words[1::2], strict=True):
            kind, _, to = kind.partition(">")  # noqa: PLW2901
            told.append(event(kind, clock(when), number, **({"to": to} if to else {})))
    return sorted(told, key=lambda one: milliseconds(one.at))


def folded(events: list[TicketEvent], rules: ServiceRules = RULES) -> Service:
    service = Service(rules)
    for each in events:
        service.fold(each)
        service.check()
    return service


def figures(service: Service) -> dict[str, Any]:
    """Return the whole state except the figures shown on the way and tickets out of reach of every window.

    Only the days of the book are compared: its parts and the watch depend on the order of events.
    """
    state = msgspec.to_builtins(service.state)
    del state["shown"], state["book"], state["watch"]
    state["days"] = [msgspec.to_builtins(day.slots) for day in whole(service.state.book.done + service.days())]
    state["counts"] = {outcome: count for outcome, count in state["counts"].items() if count}
    minutes = deepcopy(service.state.minutes)
    minutes.prune(service.state.high)
    state["minutes"] = msgspec.to_builtins(minutes)
    for tickets in state["live"].values():
        for ticket in tickets.values():
            ticket["identities"].sort()
    state["transfers"] = {(one.id, one.service, one.ticket, one.at) for one in service.transfers}
    return state  # type: ignore[no-any-return]


def kinds(service: Service) -> tuple[int, ...]:
    return (service.state.issued, *map(service.count, (SERVED, NO_SHOW, CANCELLED, TRANSFERRED, OPEN_TICKET)))


def total(service: Service) -> dict[str, Any]:
    """Return all counts except the one figure that a correction after settling leaves unchanged."""
    visits = service.total()
    visits.waits.longest = visits.times_in_service.longest = 0
    return msgspec.to_builtins(visits)  # type: ignore[no-any-return]
