"""What is known of a slot before anybody calls: its day, whether the office is open, and what to expect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeVar

from streams.calls.rules import LineRules
from streams.checks.baseline import Arrivals, Baseline, BaselineState, Levels, levels_of
from streams.kept.times import QUARTER_MS, SLOTS_A_DAY
from streams.watch.thresholds import LAW

WEEKS: Final = 28 * SLOTS_A_DAY  # slots: so many weekdays of each
MAX_KNOWN: Final = 150 * SLOTS_A_DAY  # slots that are remembered, at most
KEPT_KNOWN: Final = 50 * SLOTS_A_DAY  # slots before the present one that stay when there are more

T = TypeVar("T")


class SlotTime(NamedTuple):
    """Hold a slot's local time, and whether the office is open."""

    day: int  # as `date.toordinal` counts
    weekday: int  # 0 is Monday
    hour: int
    open: bool


class SlotTimes:
    """Look slots up in a line's calendar and baseline, and remember the answers, as every call asks."""

    def __init__(self, rules: LineRules, learnt: BaselineState, prior: float | None = None) -> None:
        self.baseline = Baseline(prior=prior if prior is not None else rules.expected)
        self._rules = rules
        self._learnt = learnt
        self._known: dict[int, SlotTime] = {}
        self._rates: dict[int, float | None] = {}  # these two by weekday and hour
        self._arrivals: dict[int, Arrivals | None] = {}
        self._levels: Levels | None = None
        self._day = (-1, 0.0)  # the slots of an opening day, as of a slot

    def of(self, slot_no: int) -> SlotTime:
        """Return the time of a slot, by its number."""
        when = self._known.get(slot_no)
        if when is None:
            moment, rules = slot_no * QUARTER_MS, self._rules
            day = rules.day(moment)
            when = self._known[slot_no] = SlotTime(day, (day - 1) % 7, rules.hour(moment), rules.open(moment))
        return when

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

    def slots_a_day(self, due: int) -> float:
        """Return how many slots an opening day has, by the calendar of the weeks before a slot."""
        today = due // SLOTS_A_DAY * SLOTS_A_DAY
        if self._day[0] != today:
            days = Counter(when.day for when in map(self.of, range(max(0, today - WEEKS), today)) if when.open)
            self._day = today, days.total() / len(days) if days else 0.0
        return self._day[1]

    def near_opening(self, slot_no: int) -> bool:
        """Tell whether the office is open in a slot or a few slots around it (`LAW.grace`)."""
        return any(self.of(slot_no + step).open for step in range(-LAW.grace, LAW.grace + 1))

    def begin_anew(self, learnt: BaselineState, prior: float) -> None:
        """Take another rate for the prior, and what is learnt from now on."""
        self._learnt = learnt
        self.baseline = Baseline(prior=prior)
        self._forget()

    def learnt(self, slot_no: int) -> None:
        """Forget what an older baseline answered, and the slots long before this one."""
        self._forget()
        if len(self._known) > MAX_KNOWN:
            self._known = {known: when for known, when in self._known.items() if known >= slot_no - KEPT_KNOWN}

    def _sums(self) -> Levels:
        if self._levels is None:
            self._levels = levels_of(self._learnt)
        return self._levels

    def _forget(self) -> None:
        self._rates.clear()
        self._arrivals.clear()
        self._levels = None
