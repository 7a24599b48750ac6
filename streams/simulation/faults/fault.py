"""A fault of the counting: what is put wrong on which line, from when to when, and how badly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import TypeAlias

from msgspec import Struct

from streams.events import CallEvent, Reading
from streams.simulation.attempt import Attempt, opaque, pseudonym
from streams.simulation.chance import chance
from streams.simulation.office import OfficeDay
from streams.watch.laws import Miscount


class Fault(Struct, frozen=True, kw_only=True):
    """Put a line's counting wrong from `start` until `end` (epoch s); `severity` in the mechanism's unit."""

    line: str
    mechanism: str
    start: float
    end: float
    severity: float

    def falls(self, day: OfficeDay) -> bool:
        """Tell whether the fault works at some time of a day."""
        return self.start < day.end and self.end > day.start


class Scene(Struct, kw_only=True):
    """Hold the part of one day on which a fault works: its bounds and the stretches of opening, in epoch ms.

    `calls` were truly offered in it, `usual` are offered on a usual day.
    """

    words: str
    line: str
    start: int
    end: int
    opened: list[tuple[int, int]]
    calls: int
    usual: float
    random: Random
    made: int = 0

    def call(self) -> str:
        """Return a name for a call that the counting software makes up."""
        self.made += 1
        return opaque(self.words, self.made)

    def caller(self) -> str:
        """Return the pseudonym of somebody who has not called before."""
        self.made += 1
        return pseudonym(self.words, self.made)

    def poisson(self, mean: float) -> int:
        """Return how many of something happen that are independent of each other."""
        number, at = 0, self.random.expovariate(1.0)
        while at < mean:
            number, at = number + 1, at + self.random.expovariate(1.0)
        return number

    def number(self, mean: float) -> int:
        """Return a whole number whose mean is this, as near to it as it can be."""
        return int(mean) + (self.random.random() < mean % 1)


def scene_of(fault: Fault, day: OfficeDay, attempts: Iterable[Attempt], usual: float, seed: int) -> Scene:
    """Return the part of a day on which a fault of its line works; `attempts` are what truly happened."""
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


class Sent(Struct, gc=False):
    """Hold an event on its way: when it is told (epoch ms), how late it arrives (ms), and whether it is lost."""

    told: int
    event: CallEvent | Reading
    late: int = 0
    lost: bool = False


class Told(Struct, frozen=True, gc=False):
    """Hold what the counting software has counted so far on a line."""

    offered: int = 0
    answered: int = 0
    lost: int = 0

    def minus(self, other: Told) -> Told:
        """Return what was counted since."""
        return Told(self.offered - other.offered, self.answered - other.answered, self.lost - other.lost)


class Memory(Struct):
    """Hold what a fault of the readings remembers: the first true totals under it, and of which day they are."""

    base: Told | None = None
    day: str = ""
    more: int = 0


Rewrite: TypeAlias = Callable[[Attempt, float, Scene], Iterable[Attempt]]
Invent: TypeAlias = Callable[[float, Scene], Iterable[Attempt]]
Carry: TypeAlias = Callable[[Sent, float, Random], Sent | None]
Total: TypeAlias = Callable[[Told, float, Memory, str], Told]


class Mechanism(Struct, frozen=True, kw_only=True):
    """Describe a way in which counting goes wrong, by the one function that does it.

    `kinds` are the incident kinds by which it may be called, the best one first. `severity` is the usual one,
    in the unit that `says` gives, `mildest` to `worst` the range of random ones.
    `rewrite` tells an attempt otherwise, `invent` makes attempts up, `carry` harms an event on its way (None:
    it is never told; `readings` too where it says so), `total` tells a reading otherwise; where it `lasts`, also
    after its end, and then it is given no day.
    """

    says: str
    kinds: tuple[Miscount, ...]
    severity: float
    mildest: float
    worst: float
    rewrite: Rewrite | None = None
    invent: Invent | None = None
    carry: Carry | None = None
    total: Total | None = None
    readings: bool = False
    lasts: bool = False
