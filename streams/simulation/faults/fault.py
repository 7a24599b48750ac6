"""A fault of the counting: its line, mechanism, time and severity."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from streams.events import CallEvent, Reading
from streams.said import Said
from streams.simulation.attempt import Attempt, opaque, pseudonym
from streams.simulation.chance import chance
from streams.simulation.office import OfficeDay
from streams.watch.laws import Miscount


class Fault(Struct, frozen=True, kw_only=True):
    """How a line's counting goes wrong."""

    line: str
    mechanism: str
    start: float  # epoch s
    end: float  # epoch s
    severity: float  # in the mechanism's unit

    def falls(self, day: OfficeDay) -> bool:
        """Return whether the fault is active at some time of a day."""
        return self.start < day.end and self.end > day.start


class Scene(Struct, kw_only=True):
    """The part of a day with an active fault."""

    words: str  # identify the scene, so that the same calls are invented every time
    line: str
    start: int  # epoch ms
    end: int  # epoch ms
    opened: list[tuple[int, int]]  # opening stretches of the day, epoch ms
    calls: int  # truly offered during the fault
    usual: float  # calls offered on a usual day
    random: Random
    made: int = 0  # number of invented names

    def call(self) -> str:
        """Return a name for an invented call."""
        self.made += 1
        return opaque(self.words, self.made)

    def caller(self) -> str:
        """Return the pseudonym of a new caller."""
        self.made += 1
        return pseudonym(self.words, self.made)

    def poisson(self, mean: float) -> int:
        """Return a random number of independent events with this mean."""
        number, passed = 0, self.random.expovariate(1.0)
        while passed < mean:
            number, passed = number + 1, passed + self.random.expovariate(1.0)
        return number

    def number(self, mean: float) -> int:
        """Return one of the two whole numbers around a mean, at random such that their average is the mean."""
        return int(mean) + (self.random.random() < mean % 1)


def scene_of(fault: Fault, day: OfficeDay, attempts: Iterable[Attempt], usual: float, seed: int) -> Scene:
    """Return the part of a day with an active fault; `attempts` are the line's true attempts of that day."""
    start = round(max(fault.start, day.start) * 1000)
    end = round(min(fault.end, day.end) * 1000)
    words = f"{seed} {fault.mechanism} {fault.line} {fault.start} {day.date}"
    return Scene(
        words=words,
        line=fault.line,
        start=start,
        end=end,
        opened=[(round(opens * 1000), round(closes * 1000)) for opens, closes in day.opened],
        calls=sum(start <= attempt.start < end for attempt in attempts),
        usual=usual,
        random=chance(words),
    )


class Delivery(Struct, gc=False):
    """An event in transmission."""

    at: int  # when its source sends it, epoch ms
    event: CallEvent | Reading
    late: int = 0  # by how much it arrives later, ms
    lost: bool = False  # never arrives


class RunningTotals(Struct, frozen=True, gc=False):
    """A line's running totals in the counting software."""

    offered: int = 0
    answered: int = 0
    lost: int = 0

    def minus(self, other: RunningTotals) -> RunningTotals:
        return RunningTotals(self.offered - other.offered, self.answered - other.answered, self.lost - other.lost)


class FaultMemory(Struct):
    """The state of a fault of readings."""

    base: RunningTotals | None = None  # the first true totals under it
    day: str = ""  # the day of the base (ISO 8601)
    more: int = 0  # additional lost calls


Rewrite: TypeAlias = Callable[[Attempt, float, Scene], Iterable[Attempt]]
Invent: TypeAlias = Callable[[float, Scene], Iterable[Attempt]]
Carry: TypeAlias = Callable[[Delivery, float, Random], Delivery | None]
Distort: TypeAlias = Callable[[RunningTotals, float, FaultMemory, str], RunningTotals]


class Severity(NamedTuple):
    usual: float
    mildest: float  # of random severities
    worst: float  # of random severities


class Mechanism(Struct, frozen=True, kw_only=True):
    """A mechanism of miscounting, implemented by one of four functions."""

    says: Said  # the meaning of its severity
    kinds: tuple[Miscount, ...]  # correct incident kinds, best one first
    severity: Severity
    rewrite: Rewrite | None = None  # changes reported attempts
    invent: Invent | None = None  # invents attempts
    carry: Carry | None = None  # changes an event in transmission; None if it is never sent
    distort: Distort | None = None  # changes reported totals
    readings: bool = False  # carry changes readings too
    lasts: bool = False  # distort continues after the fault's end, without a day
