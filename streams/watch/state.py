"""The state of a line's watch: charts, the slots of the last weeks, the usual values, and the incidents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from itertools import chain
from math import log
from typing import Final

from streams.calls.call import Call
from streams.checks.baseline import BaselineState
from streams.checks.gap import GapState
from streams.checks.polya import PolyaState
from streams.checks.profile import ProfileState
from streams.checks.readings import CallTotals, CounterState
from streams.checks.shortfall import LowDays
from streams.checks.silence import SilenceState
from streams.events import Reason
from streams.questions.state import AskingState
from streams.watch.incident import Decided, Incident
from streams.watch.laws import LawState
from streams.watch.slot import Slot
from streams.watch.thresholds import AGENT, LEARNING, SLOT, WITNESS

KEPT_DAYS: Final = 40  # local days whose slots are kept
FADE: Final = 0.5 ** (1 / LEARNING.half_life)  # factor for learnt sums on each opening day


@dataclass(slots=True)
class Typical:
    """Sums over sound days; earlier days fade."""

    waits: float = 0.0  # ms: sum over the waited
    waited: float = 0.0  # answered calls
    log_waits: float = 0.0  # sum of `streams.watch.slot.log_wait` over the waited
    no_wait: float = 0.0  # the waited that were answered at once
    lost_log_waits: float = 0.0  # the same sum over the lost_waited
    lost_waited: float = 0.0  # lost calls, except those lost at once
    offered: float = 0.0  # calls
    anonymous: float = 0.0  # the offered without a caller
    spread: float = 0.0  # sum, over the days, of (log of the day's mean wait - log of the typical one) squared
    days: float = 0.0
    talks: float = 0.0  # ms: sum over the talks
    talked_on: float = 0.0  # answered calls with a known talk time
    alike: float = 0.0  # answered calls without a wait and without a caller
    answered: float = 0.0
    recent: float = 0.0  # calls of the last days, fading sooner
    recent_usual: float = 0.0  # expected calls of those days
    attended: float = 0.0  # answered calls with an agent
    agentless: float = 0.0  # answered calls without one

    def learn(self, slot: Slot) -> None:
        """Add a slot, or the sum of a day's slots."""
        self.waits += slot.waits
        self.waited += slot.waited
        self.log_waits += slot.log_waits
        self.no_wait += slot.no_wait
        self.lost_log_waits += slot.lost_log_waits
        self.lost_waited += slot.lost_waited
        self.offered += slot.offered
        self.anonymous += slot.anonymous
        self.talks += slot.talks
        self.talked_on += slot.talked_on
        self.alike += slot.alike
        self.answered += slot.answered
        self.attended += slot.answered - slot.agentless
        self.agentless += slot.agentless

    def learn_day(self, day: Slot) -> None:
        """Let the earlier days fade, then add a day."""
        self.days += 1
        if self.waited >= WITNESS.least_waits and day.waited:
            usual = (self.waits / self.waited + SLOT.little_wait) / SLOT.little_wait
            self.spread += log((day.waits / day.waited + SLOT.little_wait) / SLOT.little_wait / usual) ** 2
        else:
            self.spread += WITNESS.first_spread
        for each in fields(self):
            name = each.name
            setattr(self, name, getattr(self, name) * FADE)
        self.learn(day)

    def learn_arrivals(self, offered: int, usual: float) -> None:
        """Add a day's calls beside the usual number."""
        keep = 0.5 ** (1 / LEARNING.recent)
        self.recent = keep * self.recent + offered
        self.recent_usual = keep * self.recent_usual + usual

    @property
    def level(self) -> float:
        """Return the recent number of calls as a share of the usual one; at most 1."""
        few = WITNESS.first_arrivals
        return min(1.0, (self.recent + few) / (self.recent_usual + few))

    @property
    def known(self) -> bool:
        """Return whether enough days were learnt to call values usual."""
        return self.days >= LEARNING.known

    @property
    def callers_told(self) -> bool:
        """Return whether most calls have a known caller, so that a call without one is somewhat odd."""
        return 2 * self.anonymous < self.offered

    @property
    def alike_share(self) -> float:
        """Return the share of answered calls without a wait and a caller: reported as lost, they look like ghosts."""
        return self.alike / self.answered if self.answered else 0.0

    @property
    def agents_told(self) -> bool:
        """Return whether nearly all answers name their agent, so that one without is somewhat odd."""
        answered = self.attended + self.agentless
        return answered >= AGENT.least and self.attended >= AGENT.named * answered

    @property
    def day_spread(self) -> float:
        """Return the variance of the logarithm of a day's mean wait."""
        first = WITNESS.first_spread_days
        return (WITNESS.first_spread * first + self.spread) / (first + self.days)


@dataclass(slots=True)
class Ended:
    """The calls of a slot that have ended so far."""

    ended: int = 0  # answered or lost
    lost: int = 0


@dataclass(slots=True)
class WaitingReading:
    """The readings of a quarter-hour, as one, that waits for its comparison."""

    at: int  # epoch ms
    since: int | None  # epoch ms; None for running totals
    totals: CallTotals
    lost_reasons: tuple[Reason, ...] = ()  # the reasons that its lost calls include, if they differ from the line's
    anew: bool = False  # whether the comparison restarts here, because an earlier reading was late


@dataclass(slots=True)
class GrowthState:
    """The growth of a line's totals by quarter-hour, from the last compared reading on."""

    noted: int = 0  # number of the last noted quarter-hour
    totals: dict[int, int] = field(default_factory=dict)  # calls by outcome at its end; the offered under 0
    since: int = 0  # number of the quarter-hour whose end is the first known moment
    base: dict[int, int] = field(default_factory=dict)  # the totals then
    days: dict[int, bytes] = field(default_factory=dict)  # MessagePack by day (UTC): the growth by slot of the day


@dataclass(slots=True)
class DoubleEntryState:
    """The comparison of a line's counter with its events."""

    lost_reasons: tuple[Reason, ...] = ()  # of the last compared reading
    counter: CounterState = field(default_factory=CounterState)
    waiting: list[WaitingReading] = field(default_factory=list)  # not compared yet, by moment
    heard: int = 0  # epoch ms: the readings' watermark
    skipped: bool = False  # whether the next reading restarts the comparison, because one was late
    growth: GrowthState = field(default_factory=GrowthState)
    offered: dict[int, int] = field(default_factory=dict)  # calls at the moments (epoch ms) where a finding may begin
    unsure: int = 0  # calls of the quarter-hours in which the readings since the fresh start were taken


@dataclass(slots=True)
class WatchState:
    """The state of a line's watch."""

    # Evidence
    steep: PolyaState = field(default_factory=PolyaState)  # for a steep rise of the lost rate
    mild: PolyaState = field(default_factory=PolyaState)  # for a mild one
    fall: PolyaState = field(default_factory=PolyaState)  # for a fall
    guard: PolyaState = field(default_factory=PolyaState)  # for a rate above the prior
    outcomes: dict[int, Ended] = field(default_factory=dict)  # of today, by slot number
    laws: dict[str, LawState] = field(default_factory=dict)  # by law
    silence: SilenceState = field(default_factory=SilenceState)  # for a silent line

    # Usual values
    # The inspected slots of the last weeks by local day and slot number
    days: dict[int, dict[int, Slot]] = field(default_factory=dict)
    baseline: BaselineState = field(default_factory=BaselineState)
    typical: Typical = field(default_factory=Typical)
    early: Typical = field(default_factory=Typical)  # of the first days, while the line is unknown
    prior: float | None = None  # replaces the configured rate once the line was relearnt

    # Progress
    due: int = 0  # first slot not inspected yet; 0 before the first tick
    day: int = -1  # local day of the last inspected slot
    learnt: int = -1  # last day that was learnt or skipped
    late: int = 0  # late events of the line, until the last inspection
    told: int = 0  # events of the line, until the last inspection
    stale: int = 0  # calls lost after an impossibly long wait, since the last inspection
    left: dict[int, Call] = field(default_factory=dict)  # calls that the line settled before their slot, by name
    missed: int = 0  # calls not kept there for want of room
    judged: float = 0.0  # nats: evidence of the rate at its last judgement

    # Findings
    opened: int = 0  # slots of opening hours inspected so far
    # By incident or kind: its slots of opening hours that have left `days`
    quarantined: dict[str, int] = field(default_factory=dict)
    mended: dict[str, Slot] = field(default_factory=dict)  # the counts of those slots, by the same keys
    incidents: list[Incident] = field(default_factory=list)
    waiting: list[Decided] = field(default_factory=list)  # decisions on incidents that have not opened yet
    unapplied: int = 0  # dropped decisions whose incident never opened
    double_entry: DoubleEntryState = field(default_factory=DoubleEntryState)
    # Incidents by `judged_key`; one with two judgements counts under both
    counted: dict[str, int] = field(default_factory=dict)

    # Added by later versions
    # By sort of call: the time without such calls (`streams.watch.emptied`)
    gaps: dict[str, GapState] = field(default_factory=dict)
    profile: ProfileState = field(default_factory=ProfileState)  # of the hours at which calls come
    offset: int = 0  # ms: the source's constant excess of waits over moments
    asking: AskingState = field(default_factory=AskingState)  # the questions to a person
    first_losses: dict[str, int] = field(default_factory=dict)  # by caller (`streams.watch.telephones`)
    few: LowDays = field(default_factory=LowDays)  # the last days, if they have far fewer calls than usual

    def calls(self, live: Iterable[Call]) -> Iterator[Call]:
        """Yield the calls whose slots are still counted: live calls, and calls that the line has already settled."""
        return chain(live, self.left.values())

    def kept(self, first: int, end: int) -> Iterator[tuple[int, Slot]]:
        """Yield the inspected slots with numbers from `first` to `end` (exclusive)."""
        for day in self.days.values():
            for slot_no, slot in day.items():
                if first <= slot_no < end:
                    yield slot_no, slot

    def law(self, name: str) -> LawState:
        """Return the evidence that a law is broken."""
        return self.laws.get(name) or self.laws.setdefault(name, LawState())
