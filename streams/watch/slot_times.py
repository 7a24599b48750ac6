"""What is known of a quarter of an hour before anybody calls: its day, whether the office is open, what to expect."""

from __future__ import annotations

from typing import NamedTuple

from streams.calls.rules import LineRules
from streams.checks.baseline import Arrivals, Baseline, BaselineState
from streams.kept.times import QUARTER_MS, SLOTS_A_DAY
from streams.watch.thresholds import LAW


class SlotTime(NamedTuple):
    """Hold a slot's local day, weekday (0 is Monday) and hour, and whether the office is open."""

    day: int
    weekday: int
    hour: int
    open: bool


class SlotTimes:
    """Look places up in a line's calendar and baseline; both are remembered, as every call asks."""

    def __init__(self, rules: LineRules, learnt: BaselineState) -> None:
        self.baseline = Baseline(prior=rules.expected)
        self._rules = rules
        self._learnt = learnt
        self._found: dict[int, SlotTime] = {}
        self._rates: dict[int, float | None] = {}  # these two by weekday and hour
        self._arrivals: dict[int, Arrivals | None] = {}

    def of(self, slot_no: int) -> SlotTime:
        """Return what is known of a place (moment // `QUARTER_MS`)."""
        found = self._found.get(slot_no)
        if found is None:
            moment, rules = slot_no * QUARTER_MS, self._rules
            day = rules.day(moment)
            found = self._found[slot_no] = SlotTime(day, (day - 1) % 7, rules.hour(moment), rules.open(moment))
        return found

    def expected(self, when: SlotTime) -> float | None:
        """Return the chance of losing a call in an open slot, None in a closed one or where nothing is known yet."""
        if not when.open:
            return None
        cell = when.weekday * 24 + when.hour
        if cell not in self._rates:
            self._rates[cell] = self.baseline.lost_rate(self._learnt, when.weekday, when.hour)
        return self._rates[cell]

    def arrivals(self, when: SlotTime) -> Arrivals | None:
        """Return the calls to expect in an open slot, None where no day was learnt."""
        cell = when.weekday * 24 + when.hour
        if cell not in self._arrivals:
            self._arrivals[cell] = self.baseline.arrivals(self._learnt, when.weekday, when.hour)
        return self._arrivals[cell]

    def near_opening(self, slot_no: int) -> bool:
        """Tell whether the office is open within the grace."""
        return any(self.of(slot_no + step).open for step in range(-LAW.grace, LAW.grace + 1))

    def learnt(self, slot_no: int) -> None:
        """Forget what was looked up by an older baseline, and places long before this one."""
        self._rates.clear()
        self._arrivals.clear()
        if len(self._found) > 150 * SLOTS_A_DAY:
            self._found = {each: when for each, when in self._found.items() if each >= slot_no - 50 * SLOTS_A_DAY}
