"""The truth of a simulation beside its events, to judge a detector."""

from __future__ import annotations

from msgspec import Struct, field

from streams.simulation.faults.fault import Fault
from streams.simulation.fit import Fitted
from streams.simulation.office import LineProfile, Office
from streams.simulation.overload import Overload
from streams.watch.laws import Miscount

STRONG = 3.0  # times the expected lost rate


class AttemptTotals(Struct):
    """Calls by outcome."""

    offered: int = 0
    answered: int = 0
    lost: int = 0
    diverted: int = 0
    unresolved: int = 0

    def add(self, outcome: str) -> None:
        self.offered += 1
        setattr(self, outcome, getattr(self, outcome) + 1)

    @property
    def lost_rate(self) -> float | None:
        """The lost over offered calls, or None if nothing was offered."""
        return self.lost / self.offered if self.offered else None


class TrueAndTold(Struct):
    """True totals, and the totals of the events."""

    true: AttemptTotals = field(default_factory=AttemptTotals)
    told: AttemptTotals = field(default_factory=AttemptTotals)  # every distinct call counts once


class Effect(Struct):
    """The number of changes that a fault made."""

    affected: int = 0  # calls, events or readings
    first: int | None = None  # moment of the first change, epoch ms

    def note(self, at: int, number: int = 1) -> None:
        """Count `number` changes at a moment (epoch ms)."""
        self.affected += number
        self.first = at if self.first is None else min(at, self.first)


class Episode(Struct):
    """A line's calls before and during a fault or an overload, by the moment of their start."""

    start: int  # epoch ms
    end: int  # epoch ms
    before: TrueAndTold = field(default_factory=TrueAndTold)
    within: TrueAndTold = field(default_factory=TrueAndTold)

    def add(self, at: int, outcome: str, *, told: bool) -> None:
        """Count a call that began at a moment (epoch ms)."""
        if at < self.end:
            totals = self.before if at < self.start else self.within
            (totals.told if told else totals.true).add(outcome)


class InjectedFault(Struct):
    """A fault and its effect."""

    fault: Fault
    kinds: tuple[Miscount, ...]  # correct incident kinds, best one first
    episode: Episode
    effect: Effect = field(default_factory=Effect)


class RealOverload(Struct):
    """An overload and its effect."""

    overload: Overload
    expected_lost_rate: float
    episode: Episode

    @property
    def strong(self) -> bool:
        """Return whether the true lost rate within is over three times the expected one."""
        rate = self.episode.within.true.lost_rate
        return rate is not None and rate > STRONG * self.expected_lost_rate


class LineTruth(Struct):
    """The fit of one line, and its totals."""

    profile: LineProfile
    fitted: Fitted
    totals: TrueAndTold = field(default_factory=TrueAndTold)
    days: dict[str, TrueAndTold] = {}  # by the day (ISO 8601) on which a call began


class Truth(Struct):
    """The complete truth, once every event has been generated."""

    office: Office
    seed: int
    lines: dict[str, LineTruth] = {}
    faults: list[InjectedFault] = []
    overloads: list[RealOverload] = []
