"""What the counting software reports of a line: its totals, cumulative or since the last report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import Final

from msgspec import Struct

from streams.events import Mode, Reading
from streams.simulation.faults.fault import Fault, Memory, Sent, Told
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import OfficeDay
from streams.simulation.truth import Effect

SOURCE: Final = "counter"
AFTER: Final = 1_800_000  # ms: for so long after closing readings go on, for who was still in the queue


class Distortion(Struct):
    """Hold a fault of the readings with what it remembers and what is known of its effect."""

    fault: Fault
    effect: Effect
    memory: Memory

    def tell(self, told: Told, at: int, day: str) -> Told:
        """Return what is reported at a moment (epoch ms) instead of the totals."""
        fault, mechanism = self.fault, MECHANISMS[self.fault.mechanism]
        assert mechanism.total is not None
        if at < fault.start * 1000:
            return told
        if at < fault.end * 1000:
            wrong = mechanism.total(told, fault.severity, self.memory, day)
        elif mechanism.lasts and self.memory.base is not None:
            wrong = mechanism.total(told, fault.severity, self.memory, "")
        else:
            return told
        if wrong != told:
            self.effect.note(at)
        return wrong


class Counter:
    """Count what is told of a line, and report it."""

    def __init__(self, site: str, line: str, mode: Mode, every: float, distortions: Sequence[Distortion]) -> None:
        self._site = site
        self._line = line
        self._mode = mode
        self._every = round(every * 1000)
        self._distortions = distortions
        self._coming: list[tuple[int, str]] = []
        self._told = Told()
        self._reported: tuple[int, Told] | None = None

    def take(self, told: Iterable[Sent]) -> None:
        """Take the events of one call, in order of their moments."""
        for number, sent in enumerate(told):
            if number == 0:  # whatever is told first: a source that tells only ends implies the offer
                heappush(self._coming, (sent.told, "entered"))
            heappush(self._coming, (sent.told, sent.event.type))

    def day(self, day: OfficeDay) -> Iterator[Sent]:
        """Yield the readings of a day."""
        if not day.opened:
            return
        opens, closes = round(day.opened[0][0] * 1000), round(day.opened[-1][1] * 1000)
        for at in range(opens, closes + AFTER + 1, self._every):
            told = self._count(at)
            for distortion in self._distortions:
                told = distortion.tell(told, at, str(day.date))
            if (reading := self._reading(told, at)) is not None:
                yield Sent(at, reading)

    def _count(self, at: int) -> Told:
        told = self._told
        offered, answered, lost = told.offered, told.answered, told.lost
        while self._coming and self._coming[0][0] <= at:
            _, kind = heappop(self._coming)
            offered += kind == "entered"
            answered += kind == "answered"
            lost += kind == "lost"
        self._told = Told(offered, answered, lost)
        return self._told

    def _reading(self, told: Told, at: int) -> Reading | None:
        before, self._reported = self._reported, (at, told)
        since = None
        if self._mode == "interval":
            if before is None:
                return None
            since, passed = before[0] / 1000, told.minus(before[1])
            told = Told(max(0, passed.offered), max(0, passed.answered), max(0, passed.lost))
        return Reading(
            id=f"{SOURCE}:{self._line}:{at}",
            source=SOURCE,
            site=self._site,
            line=self._line,
            mode=self._mode,
            at=at / 1000,
            since=since,
            offered=told.offered,
            answered=told.answered,
            lost=told.lost,
        )
