"""Rolling windows: rings of tallies, of calls by the moment of their outcome.

A call counts in a window when its outcome falls there, so a rate is always lost calls
over calls that ended, between 0 and 1, also while callers still wait.
"""

from __future__ import annotations

from copy import copy
from typing import Final, Literal, TypeAlias

from msgspec import Struct, field

from streams.calls.call import Call
from streams.calls.hours import HOURS_KEPT, Hour
from streams.calls.rules import LineRules
from streams.calls.tally import Tally
from streams.kept.times import DAY_MS, HOUR_MS, QUARTER_MS

WindowName: TypeAlias = Literal["5m", "15m", "1h", "1d"]


class Window(Struct, frozen=True):
    """Name a window and the ring that serves it; lengths in milliseconds."""

    name: WindowName
    length: int
    grain: int


WINDOWS: Final = (
    Window("5m", 300_000, 10_000),
    Window("15m", 900_000, 10_000),
    Window("1h", 3_600_000, 60_000),
    Window("1d", 86_400_000, 900_000),
)
FINE_SPANS: Final = {60_000: 3_600_000, 10_000: 900_000}  # the longest window that each finer grain serves


class Rings(Struct, array_like=True):
    """Keep the tallies of settled calls: a ring for each grain, and what has left the day's ring.

    The day's ring and `past` together hold every settled call once; the finer rings repeat
    the few that settled early, because too many were live. `hours` has by the hour what has left
    the day's ring within the last month.
    """

    past: Tally = field(default_factory=Tally)
    day: dict[int, Tally] = {}
    fine: dict[int, dict[int, Tally]] = {}
    hours: dict[int, Hour] = {}

    def add(self, call: Call, rules: LineRules, high: int, times: int = 1) -> None:
        """Count a call where its outcome fell, seen from `high` (ms); `times=-1` takes it back."""
        moment = call.moment
        place = moment // QUARTER_MS
        tally = self.day.get(place)
        if tally is None:
            if place < (high - DAY_MS) // QUARTER_MS:
                self.past.add(call, rules, times)
                if moment // HOUR_MS >= high // HOUR_MS - HOURS_KEPT:
                    single = Tally()
                    single.add(call, rules)
                    self._hour(moment).add(single, times)
                return
            self.prune(high)
            tally = self.day[place] = Tally()
        tally.add(call, rules, times)
        for grain, span in FINE_SPANS.items():
            place = moment // grain
            if place < (high - span) // grain:
                return
            self.fine.setdefault(grain, {}).setdefault(place, Tally()).add(call, rules, times)

    def prune(self, high: int) -> None:
        """Let go of what no window ending at `high` or later can reach; the day's ring moves it to `past`."""
        oldest = (high - DAY_MS) // QUARTER_MS
        for place in [place for place in self.day if place < oldest]:
            tally = self.day.pop(place)
            self.past.merge(tally)
            self._hour(place * QUARTER_MS).add(tally)
        for hour in [hour for hour in self.hours if hour < high // HOUR_MS - HOURS_KEPT]:
            del self.hours[hour]
        for grain, span in FINE_SPANS.items():
            ring = self.fine.get(grain, {})
            for place in [place for place in ring if place < (high - span) // grain]:
                del ring[place]
            if not ring:
                self.fine.pop(grain, None)

    def _hour(self, moment: int) -> Hour:
        return self.hours.setdefault(moment // HOUR_MS, Hour())

    def by_hour(self) -> dict[int, Hour]:
        """Return the settled calls of each hour (epoch hours) of the last month."""
        hours = {hour: copy(figures) for hour, figures in self.hours.items()}
        for place, tally in self.day.items():
            hours.setdefault(place * QUARTER_MS // HOUR_MS, Hour()).add(tally)
        return hours

    def read(self, window: Window, now: int) -> Tally:
        """Return the sum of a window that ends at `now` (ms)."""
        last = now // window.grain
        first = last - window.length // window.grain
        ring = self.day if window.grain == QUARTER_MS else self.fine.get(window.grain, {})
        total = Tally()
        for place, tally in ring.items():
            if first < place <= last:
                total.merge(tally)
        return total

    def total(self) -> Tally:
        """Return the sum of all settled calls."""
        total = Tally()
        for tally in (self.past, *self.day.values()):
            total.merge(tally)
        return total
