"""One outcome for each call attempt, whatever the order of its events and however often they are repeated.

Every merge keeps the earliest event of its kind. Merges are therefore commutative and idempotent: the same events in
any order give the same call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, TypeAlias, get_args
from zlib import crc32

from streams.events import CallEvent, CallType, Reason, milliseconds
from streams.kept.times import NO_MOMENT, NOT_TOLD

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)
REASON_INDEX: Final[dict[Reason | None, int]] = {
    None: REASONS.index("unknown"),
    **{reason: index for index, reason in enumerate(REASONS)},
}
SEEN_BIT: Final[dict[CallType, int]] = {
    "ringing": 1,
    "offered": 2,
    "answered": 4,
    "lost": 8,
    "diverted": 16,
    "ended": 32,
}
RINGING: Final = SEEN_BIT["ringing"]
OFFERED: Final = SEEN_BIT["offered"]
ENDED: Final = SEEN_BIT["ended"]
BEFORE_QUEUE: Final = 64  # of a call of two records whose caller hung up before entering a queue

# An outcome is a small integer, quick to count and small to store: the kind in the high bits, the reason in the low
# bits.
OPEN: Final = 0
ANSWERED: Final = 16
LOST: Final = 32
DIVERTED: Final = 48
UNRESOLVED: Final = 64
ABANDONED: Final = REASON_INDEX["abandoned"]  # 0
UNSURE: Final = len(REASONS)  # the rank of `ABANDONED` among the losses of one moment: behind every other reason
ONE_MOMENT: Final = 1_000  # ms between two records of one exit, as some sources write whole seconds
OutcomeName: TypeAlias = Literal["answered", "lost", "diverted", "unresolved"]
OUTCOMES: Final[dict[OutcomeName, int]] = {
    "answered": ANSWERED,
    "lost": LOST,
    "diverted": DIVERTED,
    "unresolved": UNRESOLVED,
}
REASON_MASK: Final = 15
MAX_CALL_IDENTITIES: Final = 64  # of the events of one call

# The callers of settled calls are kept in streams/calls/callers.py; the call itself only notes whether its caller is
# there. When events name several callers, the greatest string wins: any pseudonym replaces UNFOLLOWED, and none
# replaces FOLLOWED.
FOLLOWED: Final = "~"
UNFOLLOWED: Final = "-"


@dataclass(slots=True)
class Call:
    """A call attempt. Moments are epoch milliseconds, durations are milliseconds."""

    start: int  # when the caller entered the line: its offered event, or the earliest moment that other events imply
    types: int = 0  # bits of `SEEN_BIT`, and `BEFORE_QUEUE`
    outcome: int = OPEN  # its kind, with its reason in the low bits
    answered: int = NO_MOMENT
    answered_wait: int = NOT_TOLD
    lost: int = NO_MOMENT
    lost_wait: int = NOT_TOLD
    lost_reason: int = 0  # an index of `REASONS`
    diverted: int = NO_MOMENT
    diverted_wait: int = NOT_TOLD
    diverted_reason: int = 0  # an index of `REASONS`
    ended: int = NO_MOMENT
    talk: int = NOT_TOLD
    agent: int = 0  # number of the agent who answered, the greatest of several; 0 if unknown
    to: str = ""  # destination of a diverted call; empty if unknown
    caller: str = ""  # pseudonym while the call is live, then `FOLLOWED` or `UNFOLLOWED`; empty if unknown
    identities: list[int] = field(default_factory=list)  # the checksums of its events
    name: int = 0  # digest that names the call in the memory of settled calls
    by: int = 0  # index in `LineState.definitions` of the definition by which it is counted

    @property
    def attempted(self) -> bool:
        """Return whether this is a call at all. An agent's ringing leg alone is not a call."""
        return self.types > RINGING

    @property
    def moment(self) -> int:
        """The moment of the outcome, or `NO_MOMENT` while the call is open."""
        kind = self.outcome & ~REASON_MASK
        if kind == ANSWERED:
            return self.answered
        return self.lost if kind == LOST else self.diverted

    @property
    def wait(self) -> int:
        """The wait until the outcome: as reported, or measured from the offer, or `NOT_TOLD`."""
        kind = self.outcome & ~REASON_MASK
        wait = self.diverted_wait
        if kind == ANSWERED:
            wait = self.answered_wait
        elif kind == LOST:
            wait = self.lost_wait
        if wait >= 0 or not self.types & OFFERED or not kind:
            return wait
        return max(0, self.moment - self.start)

    @property
    def talked(self) -> int:
        """The talk time of an answered call: as reported, or measured until its end, or `NOT_TOLD`."""
        if self.talk >= 0 or self.ended < 0 or self.answered < 0:
            return self.talk
        return max(0, self.ended - self.answered)

    def answer(self, at: int, wait: int) -> None:
        if self.answered < 0 or at < self.answered or (at == self.answered and wait > self.answered_wait):
            self.answered = at
            self.answered_wait = wait
            self.outcome = ANSWERED

    def lose(self, at: int, wait: int, reason: int) -> None:
        """Record an end without a human, for a reason that the official rate counts as lost."""
        if self.lost < 0 or (at, -wait, reason or UNSURE) < (self.lost, -self.lost_wait, self.lost_reason or UNSURE):
            self.lost = at
            self.lost_wait = wait
            self.lost_reason = reason
            if self.answered < 0:
                self.outcome = self._left()

    def divert(self, at: int, wait: int, reason: int, to: str = "") -> None:
        """Record a flow out of the line, or an end for a reason that the official rate does not count."""
        if self.diverted < 0 or (at, -wait, reason, to) < (
            self.diverted,
            -self.diverted_wait,
            self.diverted_reason,
            self.to,
        ):
            self.to = to
            self.diverted = at
            self.diverted_wait = wait
            self.diverted_reason = reason
            if self.answered < 0:
                self.outcome = self._left()

    def _left(self) -> int:
        """Return the outcome of a call without an answer: a caller who hung up, else a flow out, else any other loss.

        A call is not lost if it flowed on after a queue gave it up. A source that sees a caller leave, but not what the
        exchange does next, can only report `abandoned`, so a flow out at the same moment outranks that too.
        """
        hung_up = self.lost >= 0 and self.lost_reason == ABANDONED and abs(self.diverted - self.lost) > ONE_MOMENT
        if self.diverted < 0 or hung_up:
            return LOST | self.lost_reason
        return DIVERTED | self.diverted_reason

    def end(self, at: int, talk: int) -> None:
        """Record the end of the conversation, which never decides an outcome."""
        if self.ended < 0 or at < self.ended or (at == self.ended and talk > self.talk):
            self.ended = at
            self.talk = talk


def implied_start(event: CallEvent) -> int:
    """Return the moment (ms) at which, by an event, its caller entered the line; `Line.fold` has the same inline."""
    at = milliseconds(event.at)
    if event.type == "offered":
        return at
    return at - sum(round((each or 0) * 1000) for each in (event.wait, event.talk))


@lru_cache(maxsize=4096)
def agent_number(agent: str) -> int:
    """Return a positive checksum of an agent's name."""
    return crc32(agent.encode()) or 1
