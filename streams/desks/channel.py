"""The fold of one channel's requests, event by event, into its totals.

It guarantees the same as the line's fold (`streams.desks.line`). Every figure is a sum over the received requests: an
event takes its request out of the sums, changes it, and counts it again. A request whose receipt is missing is kept and
counted as an anomaly; it enters the figures when the receipt comes.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

from streams.cases.view import CaseRules
from streams.cases.watch import CaseMoments, CaseWatch
from streams.desks.channel_state import MAX_KNOWN, ChannelState
from streams.desks.reviewed import review_desk
from streams.events import RequestEvent, Review, milliseconds
from streams.kept.digest import digest
from streams.kept.mark import AHEAD, DUPLICATE, LATE, OK
from streams.kept.times import DAY_MS, NO_CLOCK, NO_MOMENT
from streams.ledger.book import Ledger
from streams.ledger.day import ChannelDay, RequestSlot
from streams.ledger.requests import count, overdue, slot_no_of
from streams.requests.request import MAX_REQUEST_IDENTITIES, OTHER, Request
from streams.requests.rules import ChannelRules

MAX_REASONS: Final = 40  # of a channel's requests
DAYS_UNTIL_ANSWERED: Final = 45  # most answers come within this time, so a day of the ledger stays open for so long


class Channel:
    """The fold of request events into the state of one channel.

    >>> from operator import add
    >>> from streams.kept.times import utc_day
    >>> rules = ChannelRules(site="lozere", channel="im341", day=utc_day, days="calendar",
    ...                      between=lambda first, last: last - first, last=add, target_days=2)
    >>> channel = Channel(rules)
    >>> for kind, day in (("received", 3), ("delivered", 5), ("answered", 4), ("answered", 4)):
    ...     _ = channel.fold(RequestEvent(channel="im341", request="7", type=kind, at=day * 86_400))
    >>> channel.state.total.answered, channel.state.total.days, channel.state.total.within, channel.state.results
    (1, 1, 1, [2, 1, 1])
    """

    def __init__(self, rules: ChannelRules, state: ChannelState | None = None) -> None:
        self.rules = rules
        self.name = rules.channel
        self.state = state if state is not None else ChannelState(rules.id)
        self.ledger = Ledger(self.state, ChannelDay, rules.id, rules.day, DAYS_UNTIL_ANSWERED, rules.catalogue)
        self.watch = CaseWatch(_case_rules(rules), self.state.watch, rules.over, lambda _day, _waits: None)
        self._definition = rules.definition
        self._turn = 0

    def fold(self, event: RequestEvent, now: int = NO_CLOCK) -> int:
        """Fold an event; return `OK`, `DUPLICATE`, `LATE` or `AHEAD`, as `Line.fold` does."""
        state = self.state
        at = milliseconds(event.at)
        if at > state.high:
            if state.high >= self._turn:
                self._turn = self.ledger.turn(state.high)
            if at > now + DAY_MS:
                return AHEAD
            state.high = max(state.high, min(at, now))
        name = digest(event.request)
        request = state.requests.get(name) or Request()
        identity = crc32((event.id or f"{event.source} {event.type} {at} {event.reason or ''}".rstrip()).encode())
        if identity in request.identities:
            state.results[DUPLICATE] += 1
            self.watch.repeat(event.request)
            return DUPLICATE
        result = LATE if at < state.high - self.rules.lateness else OK
        state.results[result] += 1
        self._count(request, -1)
        if len(request.identities) < MAX_REQUEST_IDENTITIES:
            request.identities.append(identity)
        again = event.type == "received" and request.received not in {NO_MOMENT, at}
        request.note(event.type, at)
        if event.reason is not None:
            request.name(self._reason(event.reason), at)
        request.weigh(self.rules)
        self._count(request, 1)
        state.requests[name] = request
        if len(state.requests) > MAX_KNOWN:
            self.shed()
        if at > state.watch.over:  # the day before is judged without this event
            self.watch.tick(at, at)
        moments = CaseMoments(request.received, request.done, request.done, request.done, request.withdrawn >= 0)
        self.watch.note(event.request, self.rules.day(at), moments, again=again)
        self.advance(state.high)
        return result

    def review(self, review: Review, now: int = NO_CLOCK) -> int:
        """Apply a person's decision, as `review_desk` does."""
        return review_desk(self.state, self.watch, review, now)

    @property
    def due(self) -> int:
        """Return the moment (ms) before which `advance` changes nothing: when the watch looks at the day."""
        return self.state.watch.over + 1

    def advance(self, now: int) -> bool:
        """Look at the days that are over at `now` (ms); return whether there were any."""
        return self.watch.tick(now, self.state.high)

    def shed(self) -> bool:
        """Forget half of the requests, oldest first, pending ones last. Return whether there were any."""
        state = self.state
        known = sorted((request.pending, request.latest, name) for name, request in state.requests.items())
        for pending, _, name in known[: (len(known) + 1) // 2]:
            del state.requests[name]
            state.forgotten += 1
            state.pending_forgotten += pending
        return bool(known)

    def keep_days(self) -> None:
        """Make the ledger keep the days of a new book, with everything folded so far.

        Later events change them in parts.
        """
        self.state.book.kept_until = -1

    def days(self) -> list[ChannelDay]:
        """Return the open days of the ledger."""
        return list(self.state.book.days.values())

    def overdue(self, now: int) -> int:
        """Return how many requests are still pending on the day of `now` (ms), after their last day in time."""
        return overdue(self.state.total, self.rules.day(now))

    def _reason(self, reason: str) -> str:
        """Return the reason under which a request counts; after `MAX_REASONS`, every new one is `OTHER`."""
        known = self.state.total.reasons
        return reason if reason in known or len(known) < MAX_REASONS else OTHER

    def _count(self, request: Request, times: int) -> None:
        if request.received >= 0:
            slot_no = slot_no_of(request)
            page = self.ledger.page(slot_no)
            slots = page.slots
            if times > 0 and self._definition not in page.definitions:
                page.definitions.append(self._definition)
            for sum_ in (self.state.total, slots.setdefault(slot_no, RequestSlot())):
                count(sum_, request, times)
            if slots[slot_no] == RequestSlot():
                del slots[slot_no]
        anomalies = self.state.anomalies
        for anomaly in request.anomalies():
            anomalies[anomaly] = anomalies.get(anomaly, 0) + times
            if not anomalies[anomaly]:
                del anomalies[anomaly]

    def check(self) -> None:
        """Raise AssertionError if the state contradicts itself."""
        state, total = self.state, self.state.total
        assert len(state.requests) <= MAX_KNOWN
        assert total.received == total.answered + total.withdrawn + total.open
        assert sum(total.due.values()) == total.open
        assert all(number > 0 for number in (*total.due.values(), *state.anomalies.values()))
        assert 0 <= total.within <= total.answered
        known = RequestSlot()
        for request in state.requests.values():
            if request.received >= 0:
                count(known, request)
        if sum(total.delays.values()) != total.answered:
            known.delays = total.delays  # an earlier version counted some requests without their delays
        assert known == total if not state.forgotten else known.received <= total.received
        assert sum(request.pending for request in state.requests.values()) + state.pending_forgotten == total.open


def _case_rules(rules: ChannelRules) -> CaseRules:
    return CaseRules(rules.channel, "channel", rules.day, rules.opened, rests=rules.days == "working")
