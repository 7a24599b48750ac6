"""Two records of counters or registers: their tickets, requests and daily sums, by the code of the analysis."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from agents.analysis.channels import channel_report
from agents.analysis.fold import Analysis
from agents.analysis.services import service_report
from agents.language import Language
from agents.reconcile.case_words import CaseKind
from agents.sources.kind import FileKind
from config.calendar import zone
from config.settings import Settings
from streams.events import Event, RequestEvent, TicketEvent
from streams.reconcile.cases import (
    OPEN,
    CaseAccount,
    CaseKey,
    CaseLimits,
    CaseSighting,
    CaseWay,
    DaySighting,
    by_case,
    by_day,
    clock,
    days_of,
    share_names,
)
from streams.requests.request import Request
from streams.tickets.ticket import CANCELLED, NO_SHOW, OPEN_TICKET, SERVED, TRANSFERRED, Ticket

_OUTCOMES: Final = {
    OPEN_TICKET: OPEN,
    SERVED: "served",
    TRANSFERRED: "transferred",
    NO_SHOW: "no_show",
    CANCELLED: "cancelled",
}
_NUMBER: Final = re.compile(r"(.*?)0*(\d+)")
WAITS: Final = CaseLimits(length=60, moment=60_000, timed=True)  # rows may have whole minutes
MEANS: Final = CaseLimits(length=30, moment=None, timed=True)
DELAYS: Final = CaseLimits(length=0, moment=None, timed=False)
MEAN_DELAYS: Final = CaseLimits(length=0.05, moment=None, timed=False)


class CaseFigures(NamedTuple):
    """A desk's sums in a record; None for one that the record does not show."""

    begun: int | None  # issued or received
    met: int | None  # served or answered
    left: int | None  # no-shows or withdrawals
    mean: float | None  # wait in s, or days until the answer


class CaseRecord(Analysis):
    """A record, analysed, whose tickets and requests are kept one by one."""

    def __init__(self, kind: FileKind, settings: Settings, now: int) -> None:
        super().__init__(settings, now)
        self.kind = kind
        self._tickets: dict[str, dict[tuple[int, str], Ticket]] = {}
        self._requests: dict[str, dict[str, Request]] = {}

    def _fold(self, event: Event, at: int) -> str:
        result = super()._fold(event, at)
        if isinstance(event, TicketEvent):
            self._keep(event, event.service, at)
            if event.type == "transferred" and event.to in self.services and event.to != event.service:
                self._keep(TicketEvent(service=event.to, ticket=event.ticket, type="issued", at=event.at), event.to, at)
        elif isinstance(event, RequestEvent):
            self._requests.setdefault(event.channel, {}).setdefault(event.request, Request()).note(event.type, at)
        return result

    def _keep(self, event: TicketEvent, service: str, at: int) -> None:
        closes = self.services[service].rules.closing(at)
        ticket = self._tickets.setdefault(service, {}).setdefault((closes, event.ticket), Ticket(closes))
        ticket.note(event.type, at, event.to or "")

    def desks(self, of: CaseKind) -> list[str]:
        """Return the services or channels that the record has anything of."""
        if of == "requests":
            return [*self._requests]
        return [name for name, each in self.services.items() if name in self._tickets or each.state.reported]

    def figures(self, of: CaseKind, name: str) -> CaseFigures:
        """Return a desk's sums, as `tocsin analyze` does."""
        where = zone(self.settings.timezone)
        if of == "requests":
            if name not in self._requests:
                return CaseFigures(0, 0, 0, None)
            found = channel_report(self.channels[name], self.channels[name].state.high, where, Language.EN)
            shown = bool(found.answered or found.withdrawn)
            answered, withdrawn = (found.answered, found.withdrawn) if shown else (None, None)
            return CaseFigures(found.received, answered, withdrawn, found.raw.mean_days)
        if name not in self.services:
            return CaseFigures(0, 0, 0, None)
        visits = service_report(
            self.services[name], self.queues.get(name), where, Language.EN, estimated=name in self.estimated
        )
        return CaseFigures(visits.issued, visits.served, visits.no_show, visits.raw.mean_wait)

    def cases(self, of: CaseKind, name: str) -> dict[CaseKey, CaseSighting]:
        """Return the tickets or requests of a desk.

        A ticket is known by its office day and its number, with or without leading zeros.
        """
        found: dict[CaseKey, CaseSighting] = {}
        for key, case in self._requests_of(name) if of == "requests" else self._tickets_of(name):
            found[(key[0], case.name) if key in found else key] = case
        if {each.outcome for each in found.values()} == {OPEN}:  # the record shows beginnings alone
            return {key: case._replace(outcome=None) for key, case in found.items()}
        return found

    def _tickets_of(self, name: str) -> Iterator[tuple[CaseKey, CaseSighting]]:
        estimated = name in self.estimated
        for (_, number), ticket in self._tickets.get(name, {}).items():
            ticket.estimated = estimated
            ticket.end()
            day = self.services[name].rules.day(ticket.first)
            match = _NUMBER.fullmatch(number)
            yield (
                (day, number if match is None else match[1] + match[2]),
                CaseSighting(
                    name=number,
                    at=ticket.first,
                    day=day,
                    outcome=None if estimated else _OUTCOMES[ticket.outcome],
                    length=ticket.wait / 1000 if ticket.wait >= 0 else None,
                ),
            )

    def _requests_of(self, name: str) -> Iterator[tuple[CaseKey, CaseSighting]]:
        for number, request in self._requests.get(name, {}).items():
            if request.received < 0:  # in no figure
                continue
            rules = self.channels[name].rules
            request.weigh(rules)
            answered = request.done >= 0
            outcome = "answered" if answered else "withdrawn" if request.withdrawn >= 0 else OPEN
            day = rules.day(request.received)
            yield (
                (0, number),
                CaseSighting(number, request.received, day, outcome, request.days if answered else None),
            )

    def days(self, of: CaseKind, name: str) -> dict[int, DaySighting]:
        """Return the sums of a desk's days."""
        service = self.services.get(name) if of == "services" else None
        if service is None or service.state.reported is None or name in self._tickets:
            return days_of(self.cases(of, name).values())
        found: dict[int, DaySighting] = {}
        for each in service.state.reported.periods:
            told = each.totals
            people = (told.served if told.served is not None else told.issued) or 0
            seen = DaySighting(each.start, told.issued, told.served, told.no_show, each.mean, people)
            found[each.day] = found[each.day].plus(seen) if each.day in found else seen
        return found


class CaseReconciliation:
    """Two records of counters or registers, and the comparison of each desk."""

    def __init__(self, of: CaseKind, first: CaseRecord, second: CaseRecord) -> None:
        self.of = of
        self.records = first, second
        self.names = sorted({*first.desks(of), *second.desks(of)})
        self.way: CaseWay = "none"
        self.ahead: float | None = None  # ms by which the second clock is ahead; None if unknown
        self.accounts: dict[str, CaseAccount] = {}

    def run(self) -> None:
        """Compare the records case by case if they share names, else day by day."""
        cases, others = ([record.cases(self.of, name) for name in self.names] for record in self.records)
        if share_names(cases, others):
            self.way = "id"
            self.ahead = clock(zip(cases, others, strict=True)) if self.of == "services" else None
            for name, first, second in zip(self.names, cases, others, strict=True):
                self.accounts[name] = by_case(first, second, self._limits(name), self.ahead or 0)
            return
        days, other_days = ([record.days(self.of, name) for name in self.names] for record in self.records)
        if any(first.keys() & second.keys() for first, second in zip(days, other_days, strict=True)):
            self.way = "day"
            limits = MEANS if self.of == "services" else MEAN_DELAYS
            for name, one, other in zip(self.names, days, other_days, strict=True):
                self.accounts[name] = by_day(one, other, limits, lambda day: date.fromordinal(day).isoformat())

    def _limits(self, name: str) -> CaseLimits:
        """Return by how much a desk's two cases may differ: polls are as exact as their interval."""
        if self.of == "requests":
            return DELAYS
        between = [record.queues[name].interval() or 0 for record in self.records if name in record.queues]
        blur = 2 * max(between, default=0)
        return WAITS._replace(length=WAITS.length + blur, moment=round(60_000 + 1000 * blur))


def best_of(account: CaseAccount | None) -> CaseFigures:
    """Return a desk's sums by both records; all None if they could not be compared."""
    if account is None:
        return CaseFigures(None, None, None, None)
    best = account.best
    return CaseFigures(best.begun, best.met, best.left, best.mean)
