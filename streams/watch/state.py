"""What the watch remembers of a line: sums of evidence, the last weeks' slots, what is usual, and the incidents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from math import log
from typing import Final

from msgspec import Struct, field

from streams.calls.call import Call
from streams.checks.baseline import BaselineState
from streams.checks.bernoulli_cusum import Cusum
from streams.checks.polya import PolyaState
from streams.checks.readings import ReadingsState, Totals
from streams.checks.silence import SilenceState
from streams.watch.incident import Decided, Incident
from streams.watch.laws import LawState
from streams.watch.slot import Slot
from streams.watch.thresholds import LEARNING, SLOT, WITNESS

KEPT_DAYS: Final = 40
FADE: Final = 0.5 ** (1 / LEARNING.half_life)  # of what was learnt, in an opening day


class Typical(Struct, array_like=True):
    """Add up what is typical of sound days, faded.

    `waits` (ms) and `depths` (`streams.watch.slot.depth`) are those of the `waited` answered calls, of which `no_wait`
    were answered at once; `lost_depths` those of the `lost_waited` that were not lost at once. Of the `offered` calls,
    `anonymous` had no caller. `spread` sums the squared logarithms of how far the mean wait of each of the `days` was
    from the typical one.
    """

    waits: float = 0.0
    waited: float = 0.0
    depths: float = 0.0
    no_wait: float = 0.0
    lost_depths: float = 0.0
    lost_waited: float = 0.0
    offered: float = 0.0
    anonymous: float = 0.0
    spread: float = 0.0
    days: float = 0.0

    def learn(self, slot: Slot) -> None:
        """Add a slot, or a day's sum of them."""
        self.waits += slot.waits
        self.waited += slot.waited
        self.depths += slot.depths
        self.no_wait += slot.no_wait
        self.lost_depths += slot.lost_depths
        self.lost_waited += slot.lost_waited
        self.offered += slot.offered
        self.anonymous += slot.anonymous

    def learn_day(self, day: Slot) -> None:
        """Add a day, after those before it have faded."""
        self.days += 1
        if self.waited >= WITNESS.least_waits and day.waited:
            usual = (self.waits / self.waited + SLOT.little_wait) / SLOT.little_wait
            self.spread += log((day.waits / day.waited + SLOT.little_wait) / SLOT.little_wait / usual) ** 2
        else:
            self.spread += WITNESS.first_spread
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) * FADE)
        self.learn(day)

    @property
    def known(self) -> bool:
        """Tell whether enough days were learnt to say what is usual."""
        return self.days >= LEARNING.known

    @property
    def callers_told(self) -> bool:
        """Tell whether most calls are known to come with a caller, so that one without is somewhat odd."""
        return 2 * self.anonymous < self.offered

    @property
    def day_spread(self) -> float:
        """Return the variance of the logarithm of a day's mean wait."""
        first = WITNESS.first_spread_days
        return (WITNESS.first_spread * first + self.spread) / (first + self.days)


class Report(Struct, array_like=True):
    """Hold a reading: its moment and since when it counts (epoch ms; None for running totals), and its totals."""

    at: int
    since: int | None
    totals: Totals


class DoubleEntryState(Struct):
    """Hold how a line's counter stands to its events, and the readings that are still to be compared, by moment."""

    counter: ReadingsState = field(default_factory=ReadingsState)
    waiting: list[Report] = []


class WatchState(Struct):
    """Hold what the watch remembers of a line; a place is a moment // `QUARTER`, a day a local one.

    `days` has the last weeks' slots by day and place, `due` the first place that was not inspected yet, `learnt` the
    last day that was learnt or passed over. `told` and `late` are the line's events, and those late, until the last
    slot was inspected, `stale` the calls beyond any possible wait since. `left` has the calls, by name, that the line
    has settled before their slot was, `missed` counts those that were not kept. `judged` is the evidence (nats) from
    which on the rate is judged anew. `opened` counts the slots of opening hours,
    `quarantined` by incident those of them that have left `days` in quarantine, and `mended` what they counted; what
    belongs to no incident that is kept stands under its kind. `waiting` has the decisions on incidents that are not
    known yet, `unapplied` counts those that were forgotten as theirs never opened.
    """

    steep: PolyaState = field(default_factory=PolyaState)
    mild: PolyaState = field(default_factory=PolyaState)
    fall: PolyaState = field(default_factory=PolyaState)
    rush: Cusum = field(default_factory=Cusum)
    laws: dict[str, LawState] = {}
    silence: SilenceState = field(default_factory=SilenceState)
    days: dict[int, dict[int, Slot]] = {}
    baseline: BaselineState = field(default_factory=BaselineState)
    typical: Typical = field(default_factory=Typical)
    due: int = 0
    day: int = -1
    learnt: int = -1
    late: int = 0
    told: int = 0
    stale: int = 0
    left: dict[int, Call] = {}
    missed: int = 0
    judged: float = 0.0
    opened: int = 0
    quarantined: dict[str, int] = {}
    mended: dict[str, Slot] = {}
    incidents: list[Incident] = []
    waiting: list[Decided] = []
    unapplied: int = 0
    double_entry: DoubleEntryState = field(default_factory=DoubleEntryState)
    counted: dict[str, int] = {}  # incidents by verdict and kind; one that was judged anew counts as both

    def calls(self, live: Iterable[Call]) -> Iterator[Call]:
        """Yield the calls whose slots are still counted: the live ones, and those that have left."""
        return chain(live, self.left.values())

    def kept(self, first: int, end: int) -> Iterator[tuple[int, Slot]]:
        """Yield the inspected slots from a place up to but without another."""
        for day in self.days.values():
            for slot_no, slot in day.items():
                if first <= slot_no < end:
                    yield slot_no, slot

    def law(self, name: str) -> LawState:
        """Return the evidence that a law is broken."""
        return self.laws.setdefault(name, LawState())
