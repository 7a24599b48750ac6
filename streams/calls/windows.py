"""Rolling windows over tallies of calls, by the moment of their outcome.

A call counts in a window if its outcome falls in it. A lost rate is therefore always lost over ended calls, between 0
and 1, even while callers still wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final, Literal, NamedTuple, TypeAlias

from streams.calls.call import Call
from streams.calls.definition import LineDefinition
from streams.calls.hours import HOURS_KEPT, Hour
from streams.calls.tally import Tally
from streams.kept.times import DAY_MS, HOUR_MS, QUARTER_MS

WindowName: TypeAlias = Literal["5m", "15m", "1h", "1d"]


class Window(NamedTuple):
    """A window's name, length, and the grain of its ring."""

    name: WindowName
    length: int  # ms
    grain: int  # ms: the length of a tally in the ring that serves it


WINDOWS: Final = (
    Window("5m", 300_000, 10_000),
    Window("15m", 900_000, 10_000),
    Window("1h", 3_600_000, 60_000),
    Window("1d", 86_400_000, 900_000),
)
FINE_SPANS: Final = {60_000: 3_600_000, 10_000: 900_000}  # ms: each finer grain, and the longest window that it serves


@dataclass(slots=True)
class Rings:
    """The tallies of settled calls: a ring for each grain, and the sum of calls older than a day.

    The day's ring and `past` together count every settled call once.
    """

    past: Tally = field(default_factory=Tally)  # the calls that have left the day's ring
    day: dict[int, Tally] = field(default_factory=dict)  # the last day, by slot number
    # By grain, then moment // grain: the few calls that settled early
    fine: dict[int, dict[int, Tally]] = field(default_factory=dict)
    # By epoch hour: calls that left the day's ring within the last month
    hours: dict[int, Hour] = field(default_factory=dict)

    def add(self, call: Call, by: LineDefinition, high: int, times: int = 1) -> None:
        """Count a call where its outcome fell, if `high` (ms) is the watermark; remove it if `times` is -1."""
        moment = call.moment
        slot_no = moment // QUARTER_MS
        tally = self.day.get(slot_no)
        if tally is None:
            if slot_no < (high - DAY_MS) // QUARTER_MS:
                self.past.add(call, by, times)
                if moment // HOUR_MS >= high // HOUR_MS - HOURS_KEPT:
                    single = Tally()
                    single.add(call, by)
                    self._hour(moment).add(single, times)
                return
            self.prune(high)
            tally = self.day[slot_no] = Tally()
        tally.add(call, by, times)
        for grain, span in FINE_SPANS.items():
            number = moment // grain
            if number < (high - span) // grain:
                return
            self.fine.setdefault(grain, {}).setdefault(number, Tally()).add(call, by, times)

    def prune(self, high: int) -> None:
        """Drop tallies that no window ending at `high` (ms) or later covers; add those of the day's ring to `past`."""
        oldest = (high - DAY_MS) // QUARTER_MS
        for slot_no in [slot_no for slot_no in self.day if slot_no < oldest]:
            tally = self.day.pop(slot_no)
            self.past.merge(tally)
            self._hour(slot_no * QUARTER_MS).add(tally)
        while self.hours and (hour := min(self.hours)) < high // HOUR_MS - HOURS_KEPT:
            del self.hours[hour]
        for grain, span in FINE_SPANS.items():
            ring = self.fine.get(grain, {})
            for number in [number for number in ring if number < (high - span) // grain]:
                del ring[number]
            if not ring:
                self.fine.pop(grain, None)

    def _hour(self, moment: int) -> Hour:
        return self.hours.setdefault(moment // HOUR_MS, Hour())

    def by_hour(self, live: Mapping[int, Tally]) -> dict[int, Hour]:
        """Return the calls of the last month by epoch hour; `live` has the live calls by the same."""
        recent: dict[int, Hour] = {}  # hours that `self.hours` has only in part
        of_day = ((slot_no * QUARTER_MS // HOUR_MS, tally) for slot_no, tally in self.day.items())
        for hour, tally in chain(of_day, live.items()):
            if hour not in recent:
                recent[hour] = replace(self.hours[hour]) if hour in self.hours else Hour()
            recent[hour].add(tally)
        return self.hours | recent

    def read(self, window: Window, now: int) -> Tally:
        """Return the sum of a window that ends at `now` (ms)."""
        last = now // window.grain
        first = last - window.length // window.grain
        ring = self.day if window.grain == QUARTER_MS else self.fine.get(window.grain, {})
        total = Tally()
        for number, tally in ring.items():
            if first < number <= last:
                total.merge(tally)
        return total

    def total(self) -> Tally:
        total = Tally()
        for tally in self.tallies():
            total.merge(tally)
        return total

    def tallies(self) -> list[Tally]:
        """Return the tallies that together have every settled call once."""
        return [self.past, *self.day.values()]
