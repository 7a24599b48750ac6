"""What the watch remembers of a line: sums of evidence, the last weeks' slots, what is usual, and the incidents."""

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
from streams.checks.silence import SilenceState
from streams.events import Reason
from streams.watch.incident import Decided, Incident
from streams.watch.laws import LawState
from streams.watch.slot import Slot
from streams.watch.thresholds import LEARNING, SLOT, WITNESS

KEPT_DAYS: Final = 40  # local days whose slots are kept
FADE: Final = 0.5 ** (1 / LEARNING.half_life)  # of what was learnt, in an opening day


@dataclass(slots=True)
class Typical:
    """Add up what is typical of sound days; earlier days fade."""

    waits: float = 0.0  # ms: sum over the waited
    waited: float = 0.0  # answered calls
    log_waits: float = 0.0  # sum of `streams.watch.slot.log_wait` over the waited
    no_wait: float = 0.0  # of the waited, those answered at once
    lost_log_waits: float = 0.0  # the same sum over the lost_waited
    lost_waited: float = 0.0  # lost calls, but for those lost at once
    offered: float = 0.0  # calls
    anonymous: float = 0.0  # of the offered, those without a caller
    spread: float = 0.0  # sum, over the days, of (log of the day's mean wait - log of the typical one) squared
    days: float = 0.0
    talks: float = 0.0  # ms: sum over the talks
    talked_on: float = 0.0  # answered calls whose talk is told
    alike: float = 0.0  # answered calls without a wait and without a caller
    answered: float = 0.0
    recent: float = 0.0  # calls of the last days, fading sooner
    recent_usual: float = 0.0  # calls that were to be expected on them

    def learn(self, slot: Slot) -> None:
        """Add a slot, or a day's sum of them."""
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

    def learn_day(self, day: Slot) -> None:
        """Add a day, after those before it have faded."""
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
        """Return how many calls come of late, as a share of the usual ones; at most 1."""
        few = WITNESS.first_arrivals
        return min(1.0, (self.recent + few) / (self.recent_usual + few))

    @property
    def known(self) -> bool:
        """Tell whether enough days were learnt to say what is usual."""
        return self.days >= LEARNING.known

    @property
    def callers_told(self) -> bool:
        """Tell whether most calls are known to come with a caller, so that one without is somewhat odd."""
        return 2 * self.anonymous < self.offered

    @property
    def alike_share(self) -> float:
        """Return the share of the answered without a wait and a caller: told as lost, they look like ghosts."""
        return self.alike / self.answered if self.answered else 0.0

    @property
    def day_spread(self) -> float:
        """Return the variance of the logarithm of a day's mean wait."""
        first = WITNESS.first_spread_days
        return (WITNESS.first_spread * first + self.spread) / (first + self.days)


@dataclass(slots=True)
class Ended:
    """Count the calls of a slot that have come to an end, as they do."""

    ended: int = 0  # answered or lost
    lost: int = 0


@dataclass(slots=True)
class WaitingReading:
    """Hold a reading that waits until it is compared."""

    at: int  # epoch ms
    since: int | None  # epoch ms; None for running totals
    totals: CallTotals
    lost_reasons: tuple[Reason, ...] = ()  # for which a call counts in its lost ones, where not the line's own


@dataclass(slots=True)
class DoubleEntryState:
    """Hold how a line's counter stands to its events."""

    lost_reasons: tuple[Reason, ...] = ()  # by which the last reading was compared
    counter: CounterState = field(default_factory=CounterState)
    waiting: list[WaitingReading] = field(default_factory=list)  # to be compared, by moment


@dataclass(slots=True)
class WatchState:
    """Hold what the watch remembers of a line."""

    # The evidence
    steep: PolyaState = field(default_factory=PolyaState)  # of a steep rise of the lost rate
    mild: PolyaState = field(default_factory=PolyaState)  # of a mild one
    fall: PolyaState = field(default_factory=PolyaState)  # of a fall
    guard: PolyaState = field(default_factory=PolyaState)  # that the line is above its prior
    outcomes: dict[int, Ended] = field(default_factory=dict)  # by slot number, of the day that goes on
    laws: dict[str, LawState] = field(default_factory=dict)  # by law, that it is broken
    silence: SilenceState = field(default_factory=SilenceState)  # that the line has fallen silent

    # What is usual
    # By local day and slot number: the inspected slots of the last weeks
    days: dict[int, dict[int, Slot]] = field(default_factory=dict)
    baseline: BaselineState = field(default_factory=BaselineState)
    typical: Typical = field(default_factory=Typical)
    early: Typical = field(default_factory=Typical)  # of the first days, before the line is known
    prior: float | None = None  # the rate that stands for the configured one since the line was judged anew

    # How far it is
    due: int = 0  # first slot that is not inspected yet; 0 before the first tick
    day: int = -1  # local day of the last inspected slot
    learnt: int = -1  # last day that was learnt, or passed over
    late: int = 0  # events of the line that came late, until the last inspection
    told: int = 0  # events of the line, until the last inspection
    stale: int = 0  # calls lost after more than any possible wait, since the last inspection
    left: dict[int, Call] = field(default_factory=dict)  # by name: calls that the line settled before their slot was
    missed: int = 0  # calls that were not kept there, for want of room
    judged: float = 0.0  # nats: the rate is judged anew once its evidence is above

    # What it has found
    opened: int = 0  # slots of opening hours inspected so far
    # By incident, or kind: its slots of opening hours that have left `days`
    quarantined: dict[str, int] = field(default_factory=dict)
    mended: dict[str, Slot] = field(default_factory=dict)  # by the same: what those slots counted
    incidents: list[Incident] = field(default_factory=list)
    waiting: list[Decided] = field(default_factory=list)  # decisions on incidents that have not opened yet
    unapplied: int = 0  # decisions that were dropped, as their incident never opened
    double_entry: DoubleEntryState = field(default_factory=DoubleEntryState)
    # Incidents by `judged_key`; one that was judged anew counts as both
    counted: dict[str, int] = field(default_factory=dict)

    # What later versions added
    # By sort of call, how long none has come (`streams.watch.emptied`)
    gaps: dict[str, GapState] = field(default_factory=dict)
    profile: ProfileState = field(default_factory=ProfileState)  # the hours at which calls come
    offset: int = 0  # ms: what the source tells every wait above its moments

    def calls(self, live: Iterable[Call]) -> Iterator[Call]:
        """Yield the calls whose slots are still counted: the live ones, and those that the line has settled."""
        return chain(live, self.left.values())

    def kept(self, first: int, end: int) -> Iterator[tuple[int, Slot]]:
        """Yield the inspected slots whose numbers are from `first` up to, without, `end`."""
        for day in self.days.values():
            for slot_no, slot in day.items():
                if first <= slot_no < end:
                    yield slot_no, slot

    def law(self, name: str) -> LawState:
        """Return the evidence that a law is broken."""
        return self.laws.setdefault(name, LawState())
