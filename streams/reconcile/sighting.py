"""One call attempt as one record saw it, and the parts of a call that each kind of record can see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from msgspec import Struct

from streams.calls.call import ANSWERED, BEFORE_QUEUE, DIVERTED, LOST, OPEN, REASON_MASK, REASONS, Call
from streams.calls.counts import Counts
from streams.events import Reason
from streams.kept.times import NOT_TOLD

AT_THE_DOOR = 1_000  # ms: callers who leave a queue sooner without hanging up were not admitted
_REFUSALS = frozenset({"full", "no_agents", "closed"})


class Sight(NamedTuple):
    """The parts of a call that a kind of record can see."""

    phones: bool = False  # it sees a phone connected to the caller, so a human answered each of its answered calls
    queues: bool = False  # it only sees callers who enter a queue
    rows: bool = False  # it writes a call when that ends, so it lacks calls cut by a crash and some unanswered calls


# By source; a source has the name of its kind unless renamed.
SIGHTS: Final[Mapping[str, Sight]] = {
    "queue-log": Sight(phones=True, queues=True),
    "ami": Sight(phones=True, queues=True),
    "callcenter": Sight(phones=True, queues=True),
    "asterisk-cel": Sight(phones=True),
    "asterisk-cdr": Sight(rows=True),
    "freeswitch-cdr": Sight(rows=True),
    "cucm-cdr": Sight(rows=True),
}


def sight_of(source: str) -> Sight:
    """Return the parts of a call that a source can see, by its name or the name's end.

    An unknown source is assumed to see everything that its events report.

    >>> sight_of("cel") == sight_of("asterisk-cel")
    True
    """
    known = (sight for name, sight in SIGHTS.items() if source and (name == source or name.endswith(f"-{source}")))
    return next(known, Sight())


class Sighting(Struct, array_like=True, gc=False, frozen=True):
    """One attempt as one record saw it; moments in epoch ms, lengths in ms, `NOT_TOLD` if unknown."""

    line: str
    call: str
    start: int
    outcome: int  # as `Call.outcome`
    answered: int
    last: int  # last moment in the record: the end, otherwise the outcome, otherwise the start
    wait: int
    talk: int
    caller: str
    cut: bool  # it ended without an outcome, in a restart of the exchange
    before_queue: bool = False  # the record shows that the caller hung up before entering a queue

    @property
    def key(self) -> tuple[str, str]:
        """Return the line and the call."""
        return self.line, self.call

    @property
    def base(self) -> str:
        """The caller's own id, which all attempts of one caller share."""
        return self.call.partition("#")[0]

    @property
    def kind(self) -> int:
        """Return the kind of the outcome, without its reason."""
        return self.outcome & ~REASON_MASK

    @property
    def reason(self) -> Reason:
        """Return why the attempt ended without a human."""
        return REASONS[self.outcome & REASON_MASK]

    @property
    def refused(self) -> bool:
        """Return whether the exchange did not admit the caller to any queue."""
        at_once = self.wait <= AT_THE_DOOR and self.last - self.start <= AT_THE_DOOR
        return self.kind not in {ANSWERED, OPEN} and self.reason in _REFUSALS and at_once


def sighting(line: str, name: str, call: Call) -> Sighting:
    last = max(call.ended, call.moment if call.outcome else NOT_TOLD, call.start)
    return Sighting(
        line=line,
        call=name,
        start=call.start,
        outcome=call.outcome,
        answered=call.answered,
        last=last,
        wait=call.wait if call.outcome else NOT_TOLD,
        talk=call.talked,
        caller=call.caller,
        cut=call.outcome == OPEN and call.ended >= 0,
        before_queue=bool(call.types & BEFORE_QUEUE),
    )


def counted(outcome: int, calls: int = 1) -> Counts:
    """Return the counts of `calls` calls with one outcome.

    >>> counted(ANSWERED) + counted(OPEN)
    Counts(offered=2, answered=1, lost=0, diverted=0, unresolved=1)
    """
    kind = outcome & ~REASON_MASK
    return Counts(calls, *(calls * (kind == each) for each in (ANSWERED, LOST, DIVERTED, OPEN)))
