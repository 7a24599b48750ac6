"""A fault of the counting: what goes wrong on which line, from when to when, and how badly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import TypeAlias

from msgspec import Struct

from streams.events import CallEvent, Reading
from streams.said import Said
from streams.simulation.attempt import Attempt, opaque, pseudonym
from streams.simulation.chance import chance
from streams.simulation.office import OfficeDay
from streams.watch.laws import Miscount


class Fault(Struct, frozen=True, kw_only=True):
    """Describe how a line's counting goes wrong."""

    line: str
    mechanism: str
    start: float  # epoch s
    end: float  # epoch s
    severity: float  # in the mechanism's unit

    def falls(self, day: OfficeDay) -> bool:
        """Tell whether the fault is at work at some time of a day."""
        return self.start < day.end and self.end > day.start


class Scene(Struct, kw_only=True):
    """Hold the part of one day on which a fault is at work."""

    words: str  # name it, so that what is made up there is the same every time
    line: str
    start: int  # epoch ms
    end: int  # epoch ms
    opened: list[tuple[int, int]]  # opening stretches of the day, epoch ms
    calls: int  # truly offered in it
    usual: float  # calls offered on a usual day
    random: Random
    made: int = 0  # names that were made up so far

    def call(self) -> str:
        """Return a name for a call that the counting software makes up."""
        self.made += 1
        return opaque(self.words, self.made)

    def caller(self) -> str:
        """Return the pseudonym of somebody who has not called before."""
        self.made += 1
        return pseudonym(self.words, self.made)

    def poisson(self, mean: float) -> int:
        """Return a random number of independent events with this mean."""
        number, passed = 0, self.random.expovariate(1.0)
        while passed < mean:
            number, passed = number + 1, passed + self.random.expovariate(1.0)
        return number

    def number(self, mean: float) -> int:
        """Return one of the two whole numbers around a mean, so that the mean is met."""
        return int(mean) + (self.random.random() < mean % 1)


def scene_of(fault: Fault, day: OfficeDay, attempts: Iterable[Attempt], usual: float, seed: int) -> Scene:
    """Return the part of a day on which a fault is at work; `attempts` are the line's true ones of that day."""
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
    """Hold an event on its way."""

    at: int  # when its source sends it, epoch ms
    event: CallEvent | Reading
    late: int = 0  # by how much it arrives later, ms
    lost: bool = False  # never arrives


class RunningTotals(Struct, frozen=True, gc=False):
    """Count a line's calls so far, as the counting software does."""

    offered: int = 0
    answered: int = 0
    lost: int = 0

    def minus(self, other: RunningTotals) -> RunningTotals:
        """Return what was counted since."""
        return RunningTotals(self.offered - other.offered, self.answered - other.answered, self.lost - other.lost)


class FaultMemory(Struct):
    """Hold what a fault of the readings remembers."""

    base: RunningTotals | None = None  # the first true totals under it
    day: str = ""  # the day of the base (ISO 8601)
    more: int = 0  # lost calls that it adds


Rewrite: TypeAlias = Callable[[Attempt, float, Scene], Iterable[Attempt]]
Invent: TypeAlias = Callable[[float, Scene], Iterable[Attempt]]
Carry: TypeAlias = Callable[[Delivery, float, Random], Delivery | None]
Distort: TypeAlias = Callable[[RunningTotals, float, FaultMemory, str], RunningTotals]


class Mechanism(Struct, frozen=True, kw_only=True):
    """Describe a way in which counting goes wrong, by the one of four functions that does it."""

    says: Said  # what its severity is
    kinds: tuple[Miscount, ...]  # incident kinds that name it rightly, the best one first
    severity: float  # the usual one
    mildest: float  # of random severities
    worst: float  # of random severities
    rewrite: Rewrite | None = None  # report an attempt otherwise
    invent: Invent | None = None  # make attempts up
    carry: Carry | None = None  # harm an event on its way; None where it is never sent
    distort: Distort | None = None  # report the totals otherwise
    readings: bool = False  # carry harms readings too
    lasts: bool = False  # distort goes on after the fault's end; it is then given no day
