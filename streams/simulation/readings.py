"""The counting software's reports on a line: totals, either cumulative or since the last report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import Final

from msgspec import Struct

from streams.events import Mode, Reading
from streams.simulation.faults.fault import Delivery, Fault, FaultMemory, RunningTotals
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import OfficeDay
from streams.simulation.truth import Effect

READING_SOURCE: Final = "counter"
READINGS_AFTER: Final = 1_800_000  # ms: readings continue this long after closing, for callers still in the queue


class Distortion(Struct):
    """A fault of the readings, with its effect and state."""

    fault: Fault
    effect: Effect
    memory: FaultMemory

    def distorted(self, totals: RunningTotals, at: int, day: str) -> RunningTotals:
        """Return the totals as reported at a moment (epoch ms) of a day (ISO 8601)."""
        fault, mechanism = self.fault, MECHANISMS[self.fault.mechanism]
        assert mechanism.distort is not None
        if at < fault.start * 1000:
            return totals
        if at < fault.end * 1000:
            wrong = mechanism.distort(totals, fault.severity, self.memory, day)
        elif mechanism.lasts and self.memory.base is not None:
            wrong = mechanism.distort(totals, fault.severity, self.memory, "")
        else:
            return totals
        if wrong != totals:
            self.effect.note(at)
        return wrong


class LineCounter:
    """A line's counter, which counts sent events and reports totals."""

    def __init__(self, site: str, line: str, mode: Mode, every: float, distortions: Sequence[Distortion]) -> None:
        self._site = site
        self._line = line
        self._mode = mode
        self._every = round(every * 1000)
        self._distortions = distortions
        self._coming: list[tuple[int, str]] = []  # a heap of counting moments (epoch ms) and counted outcomes
        self._totals = RunningTotals()
        self._reported: tuple[int, RunningTotals] | None = None

    def take(self, deliveries: Iterable[Delivery]) -> None:
        """Add the events of one call, in time order."""
        for number, delivery in enumerate(deliveries):
            if number == 0:  # the first event of any type counts the offer too, as some sources only send outcomes
                heappush(self._coming, (delivery.at, "entered"))
            heappush(self._coming, (delivery.at, delivery.event.type))

    def day(self, day: OfficeDay) -> Iterator[Delivery]:
        if not day.opened:
            return
        opens, closes = round(day.opened[0][0] * 1000), round(day.opened[-1][1] * 1000)
        for at in range(opens, closes + READINGS_AFTER + 1, self._every):
            totals = self._count(at)
            for distortion in self._distortions:
                totals = distortion.distorted(totals, at, str(day.date))
            if (reading := self._reading(totals, at)) is not None:
                yield Delivery(at, reading)

    def _count(self, at: int) -> RunningTotals:
        """Return the totals up to and including a moment (epoch ms)."""
        totals = self._totals
        offered, answered, lost = totals.offered, totals.answered, totals.lost
        while self._coming and self._coming[0][0] <= at:
            _, kind = heappop(self._coming)
            offered += kind == "entered"
            answered += kind == "answered"
            lost += kind == "lost"
        self._totals = RunningTotals(offered, answered, lost)
        return self._totals

    def _reading(self, totals: RunningTotals, at: int) -> Reading | None:
        before, self._reported = self._reported, (at, totals)
        since = None
        if self._mode == "interval":
            if before is None:
                return None
            since, passed = before[0] / 1000, totals.minus(before[1])
            totals = RunningTotals(max(0, passed.offered), max(0, passed.answered), max(0, passed.lost))
        return Reading(
            id=f"{READING_SOURCE}:{self._line}:{at}",
            source=READING_SOURCE,
            site=self._site,
            line=self._line,
            mode=self._mode,
            at=at / 1000,
            since=since,
            offered=totals.offered,
            answered=totals.answered,
            lost=totals.lost,
        )
