"""What truly happened beside what was told of it: the answer sheet of a simulation."""

from __future__ import annotations

from msgspec import Struct, field

from streams.simulation.faults.fault import Fault
from streams.simulation.fit import Fitted
from streams.simulation.office import LineProfile, Office
from streams.simulation.overload import Overload
from streams.watch.laws import Miscount

STRONG = 3.0  # times the expected lost rate


class Totals(Struct):
    """Count calls by outcome."""

    offered: int = 0
    answered: int = 0
    lost: int = 0
    diverted: int = 0
    unresolved: int = 0

    def add(self, outcome: str) -> None:
        """Count one more call."""
        self.offered += 1
        setattr(self, outcome, getattr(self, outcome) + 1)

    @property
    def lost_rate(self) -> float | None:
        """Return lost over offered, None where nothing was offered."""
        return self.lost / self.offered if self.offered else None


class Both(Struct):
    """Hold totals as they were, and as told by whoever counts every distinct call once."""

    true: Totals = field(default_factory=Totals)
    told: Totals = field(default_factory=Totals)


class Effect(Struct):
    """Hold how much a fault changed: calls, events or readings, and the moment (epoch ms) of the first."""

    affected: int = 0
    first: int | None = None

    def note(self, at: int, number: int = 1) -> None:
        """Note a change."""
        self.affected += number
        self.first = at if self.first is None else min(at, self.first)


class Stretch(Struct):
    """Hold what a line was like from `start` until `end` (epoch ms), by the moment at which each call began.

    `before` counts the line's calls before, so that the next one is the first within.
    """

    start: int
    end: int
    before: Both = field(default_factory=Both)
    within: Both = field(default_factory=Both)

    def add(self, at: int, outcome: str, *, told: bool) -> None:
        """Count a call that began at a moment."""
        if at < self.end:
            both = self.before if at < self.start else self.within
            (both.told if told else both.true).add(outcome)


class InjectedFault(Struct):
    """Hold a fault with the incident kinds that name it rightly, the best one first."""

    fault: Fault
    kinds: tuple[Miscount, ...]
    stretch: Stretch
    effect: Effect = field(default_factory=Effect)


class RealOverload(Struct):
    """Hold an overload; it is `strong` where the true lost rate within is over three times the one expected."""

    overload: Overload
    expected_lost_rate: float
    stretch: Stretch

    @property
    def strong(self) -> bool:
        """Tell whether callers were truly lost much more than usual."""
        rate = self.stretch.within.true.lost_rate
        return rate is not None and rate > STRONG * self.expected_lost_rate


class LineTruth(Struct):
    """Hold one line's totals, by day (ISO date of the day on which a call began) too, and how it was fitted."""

    profile: LineProfile
    fitted: Fitted
    totals: Both = field(default_factory=Both)
    days: dict[str, Both] = {}


class Truth(Struct):
    """Hold all that a detector may be judged by; whole once every event has been drawn."""

    office: Office
    seed: int
    lines: dict[str, LineTruth] = {}
    faults: list[InjectedFault] = []
    overloads: list[RealOverload] = []
