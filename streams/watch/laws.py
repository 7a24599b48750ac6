"""Laws of honest counting: what hardly ever happens, and how often is too often.

Each law counts the calls of a slot that break it. A Bernoulli CUSUM (Page 1954) weighs every break against the line's
usual share of breaks. So three breaks in a row are reported at once, but a single break in an honest log never is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.checks.bernoulli_cusum import weight
from streams.questions.stratum import LOST_STRATA, Stratum
from streams.watch.slot import Slot
from streams.watch.thresholds import AGENT, LAW

# The contract's kinds; `drift` is what statistics see and no law explains.
Miscount: TypeAlias = Literal[
    "duplicate",
    "multi-leg",
    "answered-as-lost",
    "phantom",
    "closed-hours",
    "missing",
    "stuck",
    "reset",
    "clock",
    "mismatch",
    "drift",
]
# The kinds of counters and registers besides `duplicate`, `missing`, `clock` and `drift`.
CaseMiscount: TypeAlias = Literal["unit", "zero", "order", "swapped", "bulk", "same-stamp", "never-closed", "calendar"]
Kind: TypeAlias = Miscount | CaseMiscount | Literal["overload"]


class Law(NamedTuple):
    """A law: the kind of incident that a breach opens, the usual share of breaks, and the counts in a slot."""

    kind: Kind  # of the incident
    usual: float  # share of the calls that break it on an honest line
    worse: float  # least share that is reported
    breaks: Callable[[Slot], int]  # calls of a slot that break it
    calls: Callable[[Slot], int]  # calls of a slot that could break it
    most: float = LAW.most_usual  # largest share that may be usual on a line
    strata: tuple[Stratum, ...] = LOST_STRATA  # of the calls about which a person is asked


GHOSTS: Final = "nobody at no time"
ONE_AT_A_TIME: Final = "one call at a time"
REDIALS: Final = "no redialling machine"
AS_TIMED: Final = "waits as timed"
ATTENDED: Final = "an agent answers"
NEVER: Final = 0.005  # usual share of a law that only faults break, so that no fault is learnt
LAWS: Final[dict[str, Law]] = {
    "copied rows": Law("duplicate", 0.002, 0.015, lambda slot: slot.copies, lambda slot: slot.offered, NEVER),
    ONE_AT_A_TIME: Law("multi-leg", 0.002, 0.04, lambda slot: slot.legs, lambda slot: slot.offered),
    REDIALS: Law("duplicate", 0.005, 0.1, lambda slot: slot.again, lambda slot: slot.offered),
    "no talk in a lost call": Law(
        "answered-as-lost",
        0.0005,
        0.02,
        lambda slot: slot.talked,
        lambda slot: slot.answered + slot.lost,
        NEVER,
        ("lost-talk",),
    ),
    GHOSTS: Law("phantom", 0.004, 0.06, lambda slot: slot.ghosts, lambda slot: slot.offered),
    "every call ends": Law("missing", 0.003, 0.06, lambda slot: slot.overdue, lambda slot: slot.offered),
    AS_TIMED: Law("mismatch", 0.003, 0.2, lambda slot: slot.odd_waits, lambda slot: slot.timed),
    ATTENDED: Law(
        "missing",
        AGENT.usual,
        AGENT.worse,
        lambda slot: slot.brief,
        lambda slot: slot.answered,
        strata=("answered-no-agent",),
    ),
}
# Only a person knows whether such a call was answered, so a breach opens a question and no incident.
NAMED: Final = "an agent is named"
UNNAMED: Final = Law(
    "missing",
    AGENT.usual_unnamed,
    AGENT.worse_unnamed,
    lambda slot: slot.agentless,
    lambda slot: slot.answered,
    strata=("answered-no-agent",),
)
CLOSED_HOURS: Final = "closed hours"
# If calls are answered, the office is at work, whatever its calendar says.
CLOSED: Final = Law(
    "closed-hours", 0.002, 0.05, lambda slot: 0 if slot.answered else slot.lost, lambda slot: slot.offered
)
# The next two laws count events, which are not part of a slot.
ON_TIME: Final = Law("clock", 0.01, 0.3, lambda _: 0, lambda _: 0)
POSSIBLE_WAITS: Final = Law("stuck", 0.0005, 0.02, lambda _: 0, lambda _: 0)
KNOWN_LATER: Final = {"every call ends"}  # laws that can be judged only an hour after a slot


class LawState(Struct, array_like=True):
    """The evidence that a law is broken, and the line's usual share of breaks."""

    total: float = 0.0  # nats
    since: int = 0  # slot since which the total has been above zero
    last: int = 0  # last slot that broke the law
    broken: float = 0.0  # calls that broke it on learnt days, faded
    calls: float = 0.0  # calls that could have broken it, faded
    breaks: int = 0  # calls that broke it since `since`
    counted: int = 0  # calls that could have broken it since then

    def add(self, law: Law, breaks: int, calls: int, slot_no: int, least: float = 0.0) -> bool:
        """Weigh a slot's calls; return whether the law is broken too often. `least` is the smallest usual share."""
        if not breaks and self.total <= 0:  # calls that keep the law raise no sum
            self.since, self.breaks, self.counted = slot_no, 0, calls
            return False
        learnt = LAW.usual_times * self.broken / self.calls if self.calls else 0.0
        usual = min(max(law.usual, least, learnt), law.most)
        worse = max(law.worse, LAW.worse_times * usual)
        if self.total <= 0:
            self.since = slot_no
            self.breaks = self.counted = 0
        self.breaks += breaks
        self.counted += calls
        if breaks:
            self.last = slot_no
        self.total = min(LAW.most, max(0.0, self.total + weight(breaks, calls, usual, worse)))
        return self.total >= LAW.alarm

    def learn(self, breaks: int, calls: int, keep: float) -> None:
        """Learn a sound day; earlier days fade to the share `keep`."""
        self.broken = keep * self.broken + breaks
        self.calls = keep * self.calls + calls
