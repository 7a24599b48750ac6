"""Sums over tickets: outcomes, waits and times in service, in total and by the minute of the first call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeVar

from streams.calls.windows import Window
from streams.kept.shown import Floors, Histogram
from streams.kept.times import DAY_MS, MINUTE_MS
from streams.kept.waits import Waits
from streams.tickets.ticket import CANCELLED, NO_SHOW, OPEN_TICKET, SERVED, TRANSFERRED, Ticket

TICKET_WAIT_BOUNDS: Final = (60, 120, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10800, 14400)  # s

K = TypeVar("K")


@dataclass(slots=True)
class Visits:
    outcomes: dict[int, int] = field(default_factory=dict)  # tickets by outcome
    anomalies: dict[str, int] = field(default_factory=dict)  # contradictions between events, by name
    within: int = 0  # tickets first called within the target wait
    waits: Waits = field(default_factory=Waits)
    times_in_service: Waits = field(default_factory=Waits)
    unticketed: int = 0  # served without a ticket

    def add(self, ticket: Ticket, target: int, times: int = 1) -> None:
        """Count a ticket, or remove it if `times` is -1; it is in time if it waited up to `target` (ms)."""
        _count(self.outcomes, ticket.outcome, times)
        for name in ticket.anomalies():
            _count(self.anomalies, name, times)
        wait = ticket.wait
        if wait >= 0:
            self.waits.add(wait, times)
            if wait <= target:
                self.within += times
        time = ticket.time_in_service
        if time >= 0:
            self.times_in_service.add(time, times)
        if ticket.unticketed:
            self.unticketed += times

    def merge(self, other: Visits) -> None:
        for outcome, count in other.outcomes.items():
            _count(self.outcomes, outcome, count)
        for name, count in other.anomalies.items():
            _count(self.anomalies, name, count)
        self.within += other.within
        self.waits.merge(other.waits)
        self.times_in_service.merge(other.times_in_service)
        self.unticketed += other.unticketed

    @property
    def issued(self) -> int:
        return sum(self.outcomes.values())

    @property
    def served(self) -> int:
        return self.outcomes.get(SERVED, 0)

    @property
    def no_show(self) -> int:
        """The number of no-shows: reported, or called and still open at the end of their day."""
        return self.outcomes.get(NO_SHOW, 0)

    @property
    def cancelled(self) -> int:
        return self.outcomes.get(CANCELLED, 0)

    @property
    def transferred(self) -> int:
        """The number of tickets transferred to another service without being served at this one."""
        return self.outcomes.get(TRANSFERRED, 0)

    @property
    def open(self) -> int:
        """The number of tickets without an outcome: never called, or not yet over."""
        return self.outcomes.get(OPEN_TICKET, 0)

    @property
    def no_show_rate(self) -> float | None:
        """No-shows over tickets with an outcome, or None without such a ticket."""
        ended = self.issued - self.open
        return self.no_show / ended if ended else None

    @property
    def within_target(self) -> float | None:
        """The share of known waits that are within the target, or None without a known wait."""
        return self.within / self.waits.count if self.waits.count else None


@dataclass(slots=True)
class Minutes:
    """The visits of settled tickets: the last day by minutes, and the sum of earlier visits. Each ticket counts once.

    Tickets settle when their day is over. Therefore only the window of a day needs minutes, and so do shorter windows
    for the few tickets that settled early for lack of room.
    """

    past: Visits = field(default_factory=Visits)  # tickets first called earlier, or never called
    day: dict[int, Visits] = field(default_factory=dict)  # the last day, by the minute (epoch) of the first call

    def add(self, ticket: Ticket, target: int, high: int, times: int = 1) -> None:
        """Count a ticket at its first call, or remove it if `times` is -1; `high` (ms) is the watermark."""
        minute = ticket.first_call // MINUTE_MS
        visits = self.day.get(minute)
        if visits is None:
            if minute < (high - DAY_MS) // MINUTE_MS or ticket.first_call < 0:
                self.past.add(ticket, target, times)
                return
            self.prune(high)
            visits = self.day[minute] = Visits()
        visits.add(ticket, target, times)
        if not visits.outcomes:
            del self.day[minute]

    def prune(self, high: int) -> None:
        """Move to `past` the minutes that no window covers if it ends at `high` (ms) or later."""
        oldest = (high - DAY_MS) // MINUTE_MS
        for minute in [minute for minute in self.day if minute < oldest]:
            self.past.merge(self.day.pop(minute))

    def read(self, window: Window, now: int) -> Visits:
        """Return the sum of a window that ends at `now` (ms)."""
        last = now // MINUTE_MS
        first = last - window.length // MINUTE_MS
        total = Visits()
        for minute, visits in self.day.items():
            if first < minute <= last:
                total.merge(visits)
        return total

    def total(self) -> Visits:
        total = Visits()
        for visits in (self.past, *self.day.values()):
            total.merge(visits)
        return total


def _histogram() -> Histogram:
    return Histogram([0] * (len(TICKET_WAIT_BOUNDS) + 1))


@dataclass(slots=True)
class ShownVisits(Floors):
    """The floors of the counters and the histogram of first calls."""

    wait: Histogram = field(default_factory=_histogram)


def _count(counts: dict[K, int], key: K, times: int) -> None:
    """Add to one count; drop a count of zero, so that equal sums compare equal."""
    left = counts.get(key, 0) + times
    if left:
        counts[key] = left
    else:
        counts.pop(key, None)
