"""One request of a channel, the same for any order and repetition of its events.

Each kind of event keeps its earliest moment. Merges are therefore commutative and idempotent: the same events in any
order give the same request.
"""

from __future__ import annotations

from typing import Final, assert_never

from msgspec import Struct

from streams.events import RequestType
from streams.kept.times import NO_MOMENT
from streams.requests.rules import ChannelRules

MAX_REQUEST_IDENTITIES: Final = 8  # of one request; repetitions of later events count as ok, but change no figure
OTHER: Final = "other"  # the reason of a request with a rare one, if its channel has too many
NO_TARGET: Final = -1  # in place of the last day in time

NEVER_RECEIVED: Final = "never-received"
ANSWERED_BEFORE_RECEIVED: Final = "answered-before-received"
RECEIVED_AGAIN: Final = "received-again"


class Request(Struct, array_like=True, gc=False):
    """A request; moments in epoch ms.

    `due`, `days` and `in_time` keep their last values, so that a request is taken out of the sums as it was added, even
    if the rules have changed since.
    """

    received: int = NO_MOMENT  # the first receipt
    again: int = NO_MOMENT  # the latest receipt
    done: int = NO_MOMENT  # the first answer or delivery
    withdrawn: int = NO_MOMENT  # the first withdrawal
    due: int = NO_TARGET  # the last day (an ordinal) on which it is in time
    days: int = 0  # from receipt to answer, in the channel's kind of days
    in_time: bool = False  # it was answered in time
    identities: list[int] = []  # the checksums of its events
    reason: str = ""  # the latest one; empty if no event names one
    named: int = NO_MOMENT  # when it was named

    def name(self, reason: str, at: int) -> None:
        """Record a reason that an event names at a moment (epoch ms)."""
        self.named, self.reason = max((self.named, self.reason), (at, reason))

    def note(self, kind: RequestType, at: int) -> None:
        """Record an event at a moment (epoch ms)."""
        match kind:
            case "received":
                self.received = _first(self.received, at)
                self.again = max(self.again, at)
            case "withdrawn":
                self.withdrawn = _first(self.withdrawn, at)
            case "answered" | "delivered":
                self.done = _first(self.done, at)
            case never:
                assert_never(never)

    def weigh(self, rules: ChannelRules) -> None:
        """Calculate `due`, `days` and `in_time`. An answer before the receipt counts as one on the day of receipt."""
        if self.received < 0:
            return
        received = rules.day(self.received)
        due = rules.due(received)
        self.due = NO_TARGET if due is None else due
        if self.done >= 0:
            done = max(received, rules.day(self.done))
            self.days = rules.between(received, done)
            self.in_time = done <= self.due

    @property
    def pending(self) -> bool:
        """Return whether it was received, but neither answered nor withdrawn."""
        return self.received >= 0 > max(self.done, self.withdrawn)

    @property
    def latest(self) -> int:
        """The latest known moment, or `NO_MOMENT`."""
        return max(self.again, self.done, self.withdrawn)

    def anomalies(self) -> list[str]:
        """Return the names of the contradictions between the request's events."""
        if self.received < 0:
            return [NEVER_RECEIVED] if self.latest >= 0 else []
        if 0 <= self.done < self.received:
            return [ANSWERED_BEFORE_RECEIVED]
        # The later receipt may be another request with the same name, which is not counted.
        return [RECEIVED_AGAIN] if 0 <= self.done < self.again else []


def _first(known: int, at: int) -> int:
    return at if known < 0 else min(known, at)
