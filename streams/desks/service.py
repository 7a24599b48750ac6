"""The fold of one counter service's tickets, event by event, into its totals.

It guarantees the same as the line's fold (`streams.desks.line`). Ticket numbers are used again every day, so a ticket
is identified by its number and its office day, and the day by the closing of its office. An hour after closing the day
is *over*: tickets that were called and are still open end as no-shows. Once the next day has begun, no timely event can
change the day's tickets. Then they *settle*: their figures enter the sums, and a compact record of them remains,
through which late or repeated events find them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final
from zlib import crc32

from streams.calls.windows import Window
from streams.cases.view import CaseRules
from streams.cases.watch import CaseMoments, CaseWatch
from streams.desks.reviewed import review_desk
from streams.desks.service_readings import ServiceReadings
from streams.desks.service_state import MAX_LIVE_TICKETS, ServiceState
from streams.events import ESTIMATED, Review, ServiceReading, TicketEvent, milliseconds
from streams.kept import memory
from streams.kept.digest import digest
from streams.kept.mark import AHEAD, DUPLICATE, LATE, OK
from streams.kept.times import DAY_MS, NO_CLOCK, NO_MOMENT, NOT_TOLD, QUARTER_MS
from streams.ledger.book import Ledger
from streams.ledger.day import ServiceDay
from streams.ledger.tickets import count as count_in_day
from streams.ledger.tickets import recount, slot_no_of
from streams.number import kept_name
from streams.tickets.rules import ServiceRules
from streams.tickets.ticket import GRACE, MAX_TICKET_IDENTITIES, NO_SHOW, OPEN_TICKET, SERVED, Ticket
from streams.tickets.visits import TICKET_WAIT_BOUNDS, Visits

MAX_COUNTERS: Final = 200  # sources choose the names of counters, so their number must be bounded


class Service:
    """The fold of ticket events into the state of one service.

    `transfers` has the waits that transfers open at other services. The caller of `fold` sends these waits there before
    it acknowledges the offset of their event, and then clears the list.

    >>> def midnight(at): return (at // DAY_MS + 1) * DAY_MS
    >>> service = Service(ServiceRules(site="lozere", service="etrangers", closing=midnight))
    >>> for kind, at in (("issued", 0), ("called", 60), ("called", 60), ("recalled", 90), ("served", 95)):
    ...     _ = service.fold(TicketEvent(service="etrangers", ticket="A1", type=kind, at=at))
    >>> visits = service.total()
    >>> visits.served, visits.waits.mean(), service.state.results
    (1, 60000.0, [4, 1, 0])
    """

    def __init__(self, rules: ServiceRules, state: ServiceState | None = None) -> None:
        self.rules = rules
        self.name = rules.service
        self.state = state if state is not None else ServiceState(rules.id)
        self.transfers: list[TicketEvent] = []
        self.ledger = Ledger(self.state, ServiceDay, rules.id, rules.day, catalogue=rules.catalogue)
        self.watch = CaseWatch(_case_rules(rules), self.state.watch, rules.over, partial(recount, self.ledger))
        self._readings = ServiceReadings(rules, self.state, self.watch.incidents)
        self._turn = 0
        self._first_day = min(self.state.live, default=NO_CLOCK)
        self._first_counter = min(self.state.counters.values(), default=NO_CLOCK)

    def fold(self, event: TicketEvent, now: int = NO_CLOCK) -> int:  # noqa: C901 -- the hot path, as in Line.fold
        """Fold an event; return `OK`, `DUPLICATE`, `LATE` or `AHEAD`, as `Line.fold` does."""
        state = self.state
        kind = event.type
        at = milliseconds(event.at)
        if at > state.high:
            if state.high >= self._turn:
                self._turn = self.ledger.turn(state.high)
            if at > now + DAY_MS:
                return AHEAD
            state.high = max(state.high, min(at, now))
        closes = self.rules.closing(at)
        ticket = state.live.get(closes, {}).get(event.ticket) or self._recall(event.ticket, closes)
        identities, issued = ticket.identities, ticket.issued
        identity = crc32((event.id or f"{event.source} {kind} {at} {event.to}").encode())
        if identity in identities or (ticket.knows(kind) and not identities):
            result = DUPLICATE
            self.watch.repeat(event.ticket)
        else:
            result = LATE if at < state.high - self.rules.lateness else OK
            if len(identities) < MAX_TICKET_IDENTITIES:
                identities.append(identity)
            if kind == "transferred":
                self._open_next(ticket, event, at)
        state.results[result] += 1

        before, waited = ticket.outcome, ticket.wait >= 0
        ticket.note(kind, at, event.to or "")
        ticket.booked |= event.appointment is True
        ticket.estimated |= (event.source or "").endswith(ESTIMATED)
        if closes <= state.over:
            ticket.end()
        self._recount(before, ticket.outcome)
        if not waited and ticket.wait >= 0:
            state.shown.wait.observe(TICKET_WAIT_BOUNDS, ticket.wait)
        if event.counter is not None and kind in {"called", "served"}:
            self._note_counter(event.counter, at)
        if result != DUPLICATE:
            if at > state.watch.over:  # the day before is judged without this event
                self.watch.tick(at, at)
            self._watch(event, at, ticket, again=kind == "issued" and issued not in {NO_MOMENT, at})
        self.advance(state.high)
        return result

    def read(self, reading: ServiceReading, now: int = NO_CLOCK) -> int:
        """Take a reading of the service's totals; return `OK`, `DUPLICATE`, `LATE` or `AHEAD`.

        Raise `Invalid` if an interval has no beginning.
        """
        at = milliseconds(reading.at)
        if at > now + DAY_MS:
            return AHEAD
        result = self._readings.take(reading, at)
        self.state.high = max(self.state.high, at)
        return result

    def _watch(self, event: TicketEvent, at: int, ticket: Ticket, *, again: bool) -> None:
        """Show the watch a ticket after an event; `again` if it was issued before."""
        outcome, seen = ticket.outcome, (ticket.issued, ticket.first_call, ticket.served, ticket.completed)
        moments = CaseMoments(*seen, outcome not in {OPEN_TICKET, SERVED}, outcome == NO_SHOW, ticket.booked)
        counter = event.counter if event.type in {"called", "served"} else None
        self.watch.note(event.ticket, self.rules.day(at), moments, counter=counter, again=again)

    def review(self, review: Review, now: int = NO_CLOCK) -> int:
        """Apply a person's decision, as `review_desk` does."""
        return review_desk(self.state, self.watch, review, now)

    @property
    def due(self) -> int:
        """Return the moment (ms) before which `advance` changes nothing. Only an event can make it earlier."""
        settles = min(self._first_counter + DAY_MS, self._first_day + GRACE + self.rules.lateness)
        return min(settles, self.state.watch.over) + 1

    def advance(self, now: int) -> bool:
        """End the days that are over at `now` (ms), and settle everything that no timely event can change.

        Return whether that changed anything.
        """
        state = self.state
        looked = self.watch.tick(now, state.high)
        looked |= self._readings.judge(now)
        if self._first_counter + DAY_MS < now:  # no window is longer
            state.counters = {name: at for name, at in state.counters.items() if at + DAY_MS >= now}
            self._first_counter = min(state.counters.values(), default=NO_CLOCK)
        watermark = now - self.rules.lateness
        if self._first_day + GRACE >= watermark:
            return looked
        before = state.over, len(state.live)
        for closes in sorted(closes for closes in state.live if closes + GRACE < watermark):
            if closes > state.over:
                for ticket in state.live[closes].values():
                    self._end(ticket)
                state.over = closes
            if closes < self.rules.closing(watermark):
                for number in list(state.live[closes]):
                    self._settle(closes, number)
        return looked or before != (state.over, len(state.live))

    def shed(self) -> bool:
        """Shrink the state: settle half of the live tickets early. Return whether it shrank."""
        state = self.state
        if state.live:
            self._cut()
            return True
        return False

    def _recall(self, number: str, closes: int) -> Ticket:
        """Make a ticket live: a new ticket, or a settled one, which is then removed from the sums and the memory."""
        state = self.state
        name = _name(number, closes)
        ticket = memory.recall(state, name)
        if ticket is not None:
            self._sum(ticket, -1)
        else:
            ticket = Ticket(closes)
            state.issued += 1
        if sum(map(len, state.live.values())) >= MAX_LIVE_TICKETS:
            self._cut()
        state.live.setdefault(closes, {})[number] = ticket
        self._first_day = min(self._first_day, closes)
        return ticket

    def _end(self, ticket: Ticket) -> None:
        """Turn an open ticket that was called into a no-show, as its day is over."""
        before = ticket.outcome
        ticket.end()
        self._recount(before, ticket.outcome)

    def _settle(self, closes: int, number: str) -> None:
        state = self.state
        tickets = state.live[closes]
        ticket = tickets.pop(number)
        if not tickets:
            del state.live[closes]
            self._first_day = min(state.live, default=NO_CLOCK)
        self._end(ticket)
        self._sum(ticket, 1)
        ticket.identities = []
        ticket.to = kept_name(ticket.to)
        memory.keep(state, _name(number, closes), ticket)

    def _sum(self, ticket: Ticket, times: int) -> None:
        """Add a settled ticket to the sums, or remove it if `times` is -1."""
        # a later change of the configuration must not change its count
        ticket.target = self._target(ticket)
        self.state.minutes.add(ticket, ticket.target, self.state.high, times)
        count_in_day(self.ledger.page(slot_no_of(ticket)), ticket, times)

    def _target(self, ticket: Ticket) -> int:
        """Return the longest wait (ms) that counts as in time, or `NOT_TOLD` without a target."""
        if ticket.target is not None:
            return ticket.target
        return NOT_TOLD if self.rules.target_wait is None else self.rules.target_wait

    def _cut(self) -> None:
        """Settle half of the live tickets to make room: finished ones first, then the oldest."""
        live = [
            (ticket.outcome == OPEN_TICKET, max(ticket.issued, ticket.first_call), closes, number)
            for closes, tickets in self.state.live.items()
            for number, ticket in tickets.items()
        ]
        for *_, closes, number in sorted(live)[: (len(live) + 1) // 2]:
            self.state.cut += 1
            self._settle(closes, number)

    def _recount(self, before: int, outcome: int) -> None:
        """Count a ticket by its present outcome instead of its previous one."""
        if outcome == before:
            return
        counts = self.state.counts
        if outcome != OPEN_TICKET:
            counts[outcome] = counts.get(outcome, 0) + 1
        if before != OPEN_TICKET:
            self.state.shown.before_fall(before, counts[before])
            counts[before] -= 1

    def _open_next(self, ticket: Ticket, event: TicketEvent, at: int) -> None:
        """Open the wait at the service to which a ticket is transferred, unless this transfer is known."""
        if event.to in (None, self.rules.service) or (at, event.to) == (ticket.transferred, ticket.to):
            return
        self.transfers.append(
            TicketEvent(
                id=f"transfer:{digest(f'{self.rules.id} {event.ticket} {at} {event.to}'):016x}",
                source=event.source,
                site=self.rules.site,
                service=event.to,
                ticket=event.ticket,
                type="issued",
                at=event.at,
            )
        )

    def _note_counter(self, counter: str, at: int) -> None:
        """Record that a counter was at work. If there are too many, drop the counter that has been silent longest."""
        counters = self.state.counters
        counters[counter] = max(at, counters.get(counter, at))
        self._first_counter = min(self._first_counter, at)
        if len(counters) > MAX_COUNTERS:
            del counters[min(counters, key=lambda name: (counters[name], name))]

    def _live(self) -> Iterator[Ticket]:
        for tickets in self.state.live.values():
            yield from tickets.values()

    def keep_days(self) -> None:
        """Make the ledger keep the days of a new book, with everything folded so far.

        Later events change them in parts.
        """
        book = self.state.book
        for closes, tickets in list(self.state.live.items()):
            for number, ticket in list(tickets.items()):
                if self.rules.day(slot_no_of(ticket) * QUARTER_MS) <= book.kept:
                    self._settle(closes, number)
        book.kept_until = -1

    def days(self) -> list[ServiceDay]:
        """Return the open days of the ledger. Live tickets count as they are now."""
        return self.ledger.days(((slot_no_of(ticket), ticket) for ticket in self._live()), count_in_day)

    def window(self, window: Window, now: int) -> Visits:
        """Return the tickets that were first called in the window that ends at `now` (ms)."""
        visits = self.state.minutes.read(window, now)
        for ticket in self._live():
            if now - window.length < ticket.first_call <= now and ticket.first_call >= 0:
                visits.add(ticket, self._target(ticket))
        return visits

    def total(self) -> Visits:
        """Return all tickets, live ones too."""
        visits = self.state.minutes.total()
        for ticket in self._live():
            visits.add(ticket, self._target(ticket))
        return visits

    def waiting(self, now: int) -> list[int]:
        """Return the waits (ms) so far of all visitors without a first call at `now`."""
        return [now - ticket.issued for ticket in self._live() if ticket.waits_at(now)]

    def open_counters(self, window: Window, now: int) -> int:
        """Return how many counters called or served someone in the window that ends at `now` (ms)."""
        return sum(now - window.length < at <= now for at in self.state.counters.values())

    def count(self, outcome: int) -> int:
        """Return the number of tickets with an outcome, or without one yet (`OPEN_TICKET`)."""
        counts = self.state.counts
        return self.state.issued - sum(counts.values()) if outcome == OPEN_TICKET else counts.get(outcome, 0)

    def check(self) -> None:
        """Raise AssertionError if the state contradicts itself."""
        state = self.state
        assert all(number >= 0 for number in (self.count(OPEN_TICKET), *state.counts.values()))
        assert all(state.live.values())
        assert sum(map(len, state.live.values())) <= MAX_LIVE_TICKETS
        memory.check(state)
        assert len(state.counters) <= MAX_COUNTERS
        assert self._first_day == min(state.live, default=NO_CLOCK)
        for closes, tickets in state.live.items():
            assert all(ticket.closes == closes for ticket in tickets.values())
            assert closes > state.over or all(ticket.over or ticket.first_call < 0 for ticket in tickets.values())
        total = self.total()
        assert total.issued == state.issued
        assert all(total.outcomes.get(outcome, 0) == self.count(outcome) for outcome in (OPEN_TICKET, *state.counts))
        for waits in (total.waits, total.times_in_service):
            assert waits.count == sum(waits.bins.values())
            assert all(number > 0 for number in waits.bins.values())


def _case_rules(rules: ServiceRules) -> CaseRules:
    return CaseRules(rules.service, "service", rules.day, rules.opened)


def _name(number: str, closes: int) -> int:
    return digest(f"{closes} {number}")
