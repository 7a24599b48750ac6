"""One visitor's ticket at one service on one office day, the same for any order and repetition of its events.

Each kind of event keeps its earliest moment. Merges are therefore commutative and idempotent: the same events in any
order give the same ticket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from streams.events import TicketType
from streams.kept.times import NO_MOMENT, NOT_TOLD

OPEN_TICKET: Final = 0
SERVED: Final = 1
TRANSFERRED: Final = 2
NO_SHOW: Final = 3
CANCELLED: Final = 4

MAX_TICKET_IDENTITIES: Final = 64  # of the events of one ticket

GRACE: Final = 3_600_000  # ms: how long after closing the office still serves visitors inside

NEVER_ISSUED: Final = "never-issued"
CALLED_BEFORE_ISSUED: Final = "called-before-issued"
CALLED_AFTER_CLOSING: Final = "called-after-closing"
COMPLETED_BEFORE_SERVED: Final = "completed-before-served"


@dataclass(slots=True)
class Ticket:
    """A ticket: the earliest moment of each kind of event, in epoch ms."""

    closes: int  # when the office closes on the ticket's day, epoch ms
    issued: int = NO_MOMENT
    called: int = NO_MOMENT
    recalled: int = NO_MOMENT
    served: int = NO_MOMENT
    completed: int = NO_MOMENT
    no_show: int = NO_MOMENT
    cancelled: int = NO_MOMENT
    transferred: int = NO_MOMENT
    to: str = ""  # the service that it was transferred to
    over: bool = False  # it was called, and its office day is over
    estimated: bool = False  # it was seen by polls of a display
    identities: list[int] = field(default_factory=list)  # the checksums of its events
    target: int | None = (
        None  # the wait (ms) up to which it counts as in time; `NOT_TOLD` without one, None until settled
    )
    booked: bool = False  # an event says that the visitor had an appointment

    def knows(self, kind: TicketType) -> bool:
        """Return whether there was an event of this kind."""
        return getattr(self, kind) != NO_MOMENT  # type: ignore[no-any-return]

    def note(self, kind: TicketType, at: int, to: str = "") -> None:
        """Record an event at a moment (epoch ms); `to` is the destination of a transfer."""
        known: int = getattr(self, kind)
        if kind == "transferred" and (known == NO_MOMENT or at < known or (at == known and to > self.to)):
            self.to = to
        if known == NO_MOMENT or at < known:
            setattr(self, kind, at)

    @property
    def outcome(self) -> int:
        """The single outcome: the first one that applies, in the order served, transferred, no-show, cancelled.

        A visitor who was served was there, whatever other events say; a visitor who was transferred did not leave. A
        ticket without any of these outcomes is open until its day is over. Then it becomes a no-show if it was called;
        otherwise it stays open.
        """
        if self.served >= 0 or self.completed >= 0:
            return SERVED
        if self.transferred >= 0:
            return TRANSFERRED
        if self.no_show >= 0:
            return NO_SHOW
        if self.cancelled >= 0:
            return CANCELLED
        # Polls show that a number is called, but not whether its visitor came, so the ticket does not count as a
        # no-show.
        return NO_SHOW if self.over and not (self.estimated and self.first_call >= 0) else OPEN_TICKET

    def end(self) -> None:
        """Close the ticket's day: only a ticket that was called can become a no-show."""
        self.over |= self.first_call >= 0 or self.recalled >= 0

    @property
    def first(self) -> int:
        """The earliest known moment of the ticket, or `NO_MOMENT`."""
        known = (
            self.issued,
            self.called,
            self.recalled,
            self.served,
            self.completed,
            self.no_show,
            self.cancelled,
            self.transferred,
        )
        return min((at for at in known if at >= 0), default=NO_MOMENT)

    @property
    def first_call(self) -> int:
        """When the ticket was first called or served, or `NO_MOMENT`. A recall does not change it."""
        if self.called < 0 or 0 <= self.served < self.called:
            return self.served
        return self.called

    @property
    def wait(self) -> int:
        """The wait (ms) from issue to first call, or `NOT_TOLD` if either is unknown or they contradict each other."""
        first = self.first_call
        if first < 0 or self.issued < 0 or first < self.issued or self.late:
            return NOT_TOLD
        return first - self.issued

    @property
    def unticketed(self) -> bool:
        """Return whether a visitor was served without a ticket, as at a sorting desk: nothing was issued or called."""
        return self.served >= 0 and max(self.issued, self.called, self.recalled) < 0

    @property
    def late(self) -> bool:
        """Return whether the first call came over an hour after closing, so that its wait does not count."""
        return self.first_call > self.closes + GRACE

    @property
    def time_in_service(self) -> int:
        """The time (ms) from the start of service, otherwise from the call, to completion, or `NOT_TOLD` if unknown."""
        begun = self.served if self.served >= 0 else self.called
        if begun < 0 or self.completed < begun:
            return NOT_TOLD
        return self.completed - begun

    def waits_at(self, now: int) -> bool:
        """Return whether the visitor is waiting for a first call at `now` (ms)."""
        uncalled = self.first_call < 0 and self.recalled < 0 and self.outcome == OPEN_TICKET
        return uncalled and 0 <= self.issued <= now <= self.closes + GRACE

    def anomalies(self) -> list[str]:
        """Return the names of the contradictions between the ticket's events."""
        names = []
        first = self.first_call
        if self.issued < 0 and not self.unticketed:
            names.append(NEVER_ISSUED)
        elif 0 <= first < self.issued:
            names.append(CALLED_BEFORE_ISSUED)
        if self.late:
            names.append(CALLED_AFTER_CLOSING)
        if 0 <= self.completed < (self.served if self.served >= 0 else self.called):
            names.append(COMPLETED_BEFORE_SERVED)
        return names
