"""One request of a channel, whatever the order and the repetition of what is said of it.

Each kind of event keeps its earliest moment, so the merges commute and repeat without harm:
any order of the same events leaves the same request.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from streams.events import RequestType
from streams.kept.times import NO_MOMENT
from streams.requests.rules import ChannelRules

MAX_REQUEST_IDENTITIES: Final = (
    8  # of the events of one request; a repetition beyond counts as ok, and changes no figure
)
NO_TARGET: Final = -1  # in place of the last day in time

NEVER_RECEIVED: Final = "never-received"
ANSWERED_BEFORE_RECEIVED: Final = "answered-before-received"
RECEIVED_AGAIN: Final = "received-again"


class Request(Struct, array_like=True, gc=False):
    """Hold what is known of one request, in epoch ms.

    `received`, `done` and `withdrawn` are the first moments of their kind; it is done by its first answer or delivery.
    `again` is the latest receipt, `identities` has the checksum of each event. `due` is the last day (an ordinal) on
    which it is in time, `days` the delay of its answer, `in_time` whether that came in time: as they were weighed last,
    so that a request is counted out as it was counted in, though the rules are others by then.
    """

    received: int = NO_MOMENT
    again: int = NO_MOMENT
    done: int = NO_MOMENT
    withdrawn: int = NO_MOMENT
    due: int = NO_TARGET
    days: int = 0
    in_time: bool = False
    identities: list[int] = []

    def note(self, kind: RequestType, at: int) -> None:
        """Note that something happened to the request at a moment (epoch ms)."""
        if kind == "received":
            self.received = _first(self.received, at)
            self.again = max(self.again, at)
        elif kind == "withdrawn":
            self.withdrawn = _first(self.withdrawn, at)
        else:
            self.done = _first(self.done, at)

    def weigh(self, rules: ChannelRules) -> None:
        """Reckon its days; an answer from before the receipt is of the day of receipt."""
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
        """Tell whether it was received, and neither answered nor withdrawn."""
        return self.received >= 0 > max(self.done, self.withdrawn)

    @property
    def latest(self) -> int:
        """Return the latest moment that is known of it."""
        return max(self.again, self.done, self.withdrawn)

    def anomalies(self) -> list[str]:
        """Return the names of what cannot be true of the request as it was told."""
        if self.received < 0:
            return [NEVER_RECEIVED] if self.latest >= 0 else []
        if 0 <= self.done < self.received:
            return [ANSWERED_BEFORE_RECEIVED]
        # Another request under the same name would not be counted.
        return [RECEIVED_AGAIN] if 0 <= self.done < self.again else []


def _first(known: int, at: int) -> int:
    return at if known < 0 else min(known, at)
