"""What to expect of a line in a slot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from streams.calls.rules import LineRules, always
from streams.checks.baseline import Arrivals, Baseline, BaselineState, Levels, levels_of
from streams.watch.slot_calendar import SlotTime, slot_calendar
from streams.watch.thresholds import LAW

T = TypeVar("T")


class SlotTimes:
    """A line's calendar and baseline by slot, cached because every call needs them.

    `of` returns the time of a slot by its number; `slots_a_day` returns the number of slots of an opening day before a
    slot. `hours_known` is false if the office has no calendar.
    """

    def __init__(self, rules: LineRules, learnt: BaselineState, prior: float | None = None) -> None:
        self.baseline = Baseline(prior=prior if prior is not None else rules.expected)
        self.hours_known = rules.open is not always
        self._learnt = learnt
        calendar = slot_calendar(rules.day, rules.hour, rules.open)
        self.of, self.slots_a_day = calendar.of, calendar.slots_a_day
        self._rates: dict[int, float | None] = {}  # this and the next by weekday and hour
        self._arrivals: dict[int, Arrivals | None] = {}
        self._levels: Levels | None = None

    def expected(self, when: SlotTime) -> float | None:
        """Return the chance of losing a call in an open slot; None in a closed one, or while nothing is known."""
        if not when.open:
            return None
        cell = when.weekday * 24 + when.hour
        if cell not in self._rates:
            self._rates[cell] = self.baseline.lost_rate(self._learnt, when.weekday, when.hour, self._sums())
        return self._rates[cell]

    def line_rate(self) -> float | None:
        """Return the chance of losing a call at any hour; None while nothing is known."""
        return self.baseline.line_rate(self._sums())

    def arrivals(self, when: SlotTime) -> Arrivals | None:
        """Return the expected calls of an open slot; None before the first learnt day."""
        cell = when.weekday * 24 + when.hour
        if cell not in self._arrivals:
            self._arrivals[cell] = self.baseline.arrivals(self._learnt, when.weekday, when.hour, self._sums())
        return self._arrivals[cell]

    def learnt_losses(self, hours: Collection[int]) -> float:
        """Return how many losses were learnt at these hours of the day; earlier ones have faded."""
        return sum(sums.lost for hour, sums in self._sums().hours.items() if hour in hours)

    def usual(self, slot_no: int) -> dict[int, tuple[float, float]]:
        """Return, by hour of a slot's weekday, the expected calls in a quarter and the chance of losing one.

        All 24 hours are included, open or not; empty before the first learnt day.
        """
        when, found = self.of(slot_no), {}
        for hour in range(24):
            at = when._replace(hour=hour, open=True)
            arrivals, rate = self.arrivals(at), self.expected(at)
            if arrivals is not None and rate is not None:
                found[hour] = arrivals.mean, rate
        return found

    def opened(self, slots: Mapping[int, T]) -> dict[int, T]:
        """Return the slots, by number, in which the office is open."""
        return {slot_no: slot for slot_no, slot in slots.items() if self.of(slot_no).open}

    def opens(self, slots: Iterable[int]) -> bool:
        return any(self.of(slot_no).open for slot_no in slots)

    def near_opening(self, slot_no: int) -> bool:
        """Return whether the office is open in a slot or a few slots around it (`LAW.grace`)."""
        return self.opens(range(slot_no - LAW.grace, slot_no + LAW.grace + 1))

    def begin_anew(self, learnt: BaselineState, prior: float) -> None:
        """Replace the prior, and learn from now on."""
        self._learnt = learnt
        self.baseline = Baseline(prior=prior)
        self.learnt()

    def learnt(self) -> None:
        """Clear the values cached from an older baseline."""
        self._rates.clear()
        self._arrivals.clear()
        self._levels = None

    def _sums(self) -> Levels:
        if self._levels is None:
            self._levels = levels_of(self._learnt)
        return self._levels
