"""One call attempt, one outcome, in whatever order and however often its events come.

Every merge keeps the earliest of its kind. So merges commute and may be repeated: any order of the same events
leaves the same call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, TypeAlias, get_args
from zlib import crc32

from streams.events import CallType, Reason
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

# An outcome is one small number, so that it counts fast and packs small: its kind stands in the high bits, its reason
# in the low ones.
OPEN: Final = 0
ANSWERED: Final = 16
LOST: Final = 32
DIVERTED: Final = 48
UNRESOLVED: Final = 64
OutcomeName: TypeAlias = Literal["answered", "lost", "diverted", "unresolved"]
OUTCOMES: Final[dict[OutcomeName, int]] = {
    "answered": ANSWERED,
    "lost": LOST,
    "diverted": DIVERTED,
    "unresolved": UNRESOLVED,
}
REASON_MASK: Final = 15
MAX_CALL_IDENTITIES: Final = 64  # of the events of one call

# The caller of a settled call is kept in streams/calls/callers.py, or nowhere; the call keeps only which of the two.
# Of several callers the greatest is kept: no pseudonym replaces FOLLOWED, any pseudonym replaces UNFOLLOWED.
FOLLOWED: Final = "~"
UNFOLLOWED: Final = "-"


@dataclass(slots=True)
class Call:
    """Hold what is known of one call attempt; moments in epoch ms, lengths in ms."""

    start: int  # when the caller entered the line: as offered, else as the other events imply
    types: int = 0  # the types of event seen, as `SEEN_BIT`s
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
    agent: int = 0  # the number of the agent who answered, of several the greatest; 0 where nobody told
    to: str = ""  # where a diverted call went; empty where nobody told
    caller: str = ""  # the pseudonym while the call is live, then `FOLLOWED` or `UNFOLLOWED`; empty where nobody told
    identities: list[int] = field(default_factory=list)  # the checksums of its events
    name: int = 0  # its digest: its name in the memory of settled calls
    by: int = 0  # the definition that it is counted by: its place in `LineState.definitions`

    @property
    def attempted(self) -> bool:
        """Tell whether this is a call at all: an agent's ringing leg alone is none."""
        return self.types > RINGING

    @property
    def moment(self) -> int:
        """Return when the outcome fell, or `NO_MOMENT` while the call is open."""
        kind = self.outcome & ~REASON_MASK
        if kind == ANSWERED:
            return self.answered
        return self.lost if kind == LOST else self.diverted

    @property
    def wait(self) -> int:
        """Return the wait until the outcome: as told, else since the offer, else `NOT_TOLD`."""
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
        """Return the talk time of an answered call: as told, else until it ended, else `NOT_TOLD`."""
        if self.talk >= 0 or self.ended < 0 or self.answered < 0:
            return self.talk
        return max(0, self.ended - self.answered)

    def answer(self, at: int, wait: int) -> None:
        """Note a human's answer."""
        if self.answered < 0 or at < self.answered or (at == self.answered and wait > self.answered_wait):
            self.answered = at
            self.answered_wait = wait
            self.outcome = ANSWERED

    def lose(self, at: int, wait: int, reason: int) -> None:
        """Note an end without a human, for a reason that the official rate counts."""
        if self.lost < 0 or (at, -wait, reason) < (self.lost, -self.lost_wait, self.lost_reason):
            self.lost = at
            self.lost_wait = wait
            self.lost_reason = reason
            if self.answered < 0:
                self.outcome = LOST | reason

    def divert(self, at: int, wait: int, reason: int, to: str = "") -> None:
        """Note a flow out of the line, or an end for a reason that the rate does not count."""
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
            if self.answered < 0 and self.lost < 0:
                self.outcome = DIVERTED | reason

    def end(self, at: int, talk: int) -> None:
        """Note the end of the conversation; it never decides an outcome."""
        if self.ended < 0 or at < self.ended or (at == self.ended and talk > self.talk):
            self.ended = at
            self.talk = talk


@lru_cache(maxsize=4096)
def agent_number(agent: str) -> int:
    """Return the number, above 0, that stands for an agent."""
    return crc32(agent.encode()) or 1
