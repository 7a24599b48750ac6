"""What a line expects of a slot before anybody calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from streams.calls.rules import LineRules
from streams.checks.baseline import Arrivals, Baseline, BaselineState, Levels, levels_of
from streams.watch.slot_calendar import SlotTime, slot_calendar
from streams.watch.thresholds import LAW

T = TypeVar("T")


class SlotTimes:
    """Look slots up in a line's calendar and baseline, and remember the answers, as every call asks.

    `of` returns the time of a slot by its number; `slots_a_day` how many slots an opening day has before a slot.
    """

    def __init__(self, rules: LineRules, learnt: BaselineState, prior: float | None = None) -> None:
        self.baseline = Baseline(prior=prior if prior is not None else rules.expected)
        self._learnt = learnt
        calendar = slot_calendar(rules.day, rules.hour, rules.open)
        self.of, self.slots_a_day = calendar.of, calendar.slots_a_day
        self._rates: dict[int, float | None] = {}  # these two by weekday and hour
        self._arrivals: dict[int, Arrivals | None] = {}
        self._levels: Levels | None = None

    def expected(self, when: SlotTime) -> float | None:
        """Return the chance of losing a call in an open slot; None in a closed one, or where nothing is known yet."""
        if not when.open:
            return None
        cell = when.weekday * 24 + when.hour
        if cell not in self._rates:
            self._rates[cell] = self.baseline.lost_rate(self._learnt, when.weekday, when.hour, self._sums())
        return self._rates[cell]

    def line_rate(self) -> float | None:
        """Return the chance of losing a call, whatever the hour; None where nothing is known yet."""
        return self.baseline.line_rate(self._sums())

    def arrivals(self, when: SlotTime) -> Arrivals | None:
        """Return the calls to expect in an open slot; None where no day was learnt."""
        cell = when.weekday * 24 + when.hour
        if cell not in self._arrivals:
            self._arrivals[cell] = self.baseline.arrivals(self._learnt, when.weekday, when.hour, self._sums())
        return self._arrivals[cell]

    def usual(self, slot_no: int) -> dict[int, tuple[float, float]]:
        """Return, by the hours of a slot's weekday, the calls to expect in a quarter and the chance of losing one.

        It has the 24 hours, whether the office is open in them or not; it is empty where no day was learnt.
        """
        when, found = self.of(slot_no), {}
        for hour in range(24):
            at = when._replace(hour=hour, open=True)
            arrivals, rate = self.arrivals(at), self.expected(at)
            if arrivals is not None and rate is not None:
                found[hour] = arrivals.mean, rate
        return found

    def opened(self, slots: Mapping[int, T]) -> dict[int, T]:
        """Return those slots, by their numbers, in which the office is open."""
        return {slot_no: slot for slot_no, slot in slots.items() if self.of(slot_no).open}

    def near_opening(self, slot_no: int) -> bool:
        """Tell whether the office is open in a slot or a few slots around it (`LAW.grace`)."""
        return any(self.of(slot_no + step).open for step in range(-LAW.grace, LAW.grace + 1))

    def begin_anew(self, learnt: BaselineState, prior: float) -> None:
        """Take another rate for the prior, and what is learnt from now on."""
        self._learnt = learnt
        self.baseline = Baseline(prior=prior)
        self.learnt()

    def learnt(self) -> None:
        """Forget what an older baseline answered."""
        self._rates.clear()
        self._arrivals.clear()
        self._levels = None

    def _sums(self) -> Levels:
        if self._levels is None:
            self._levels = levels_of(self._learnt)
        return self._levels
