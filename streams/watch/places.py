"""What is known of a quarter of an hour before anybody calls: its day, whether the office is open, what to expect."""

from __future__ import annotations

from typing import Final, NamedTuple

from streams.calls.rules import LineRules
from streams.checks.baseline import Arrivals, Baseline, BaselineState
from streams.watch.slot import QUARTER

GRACE: Final = 3  # slots around opening hours in which calls are no wonder
A_DAY: Final = 96  # slots


class Place(NamedTuple):
    """Hold a slot's local day, weekday (0 is Monday) and hour, and whether the office is open."""

    day: int
    weekday: int
    hour: int
    open: bool


class Places:
    """Look places up in a line's calendar and baseline; both are remembered, as every call asks."""

    def __init__(self, rules: LineRules, learnt: BaselineState) -> None:
        self.baseline = Baseline(prior=rules.expected)
        self._rules = rules
        self._learnt = learnt
        self._found: dict[int, Place] = {}
        self._rates: dict[int, float | None] = {}  # these two by weekday and hour
        self._arrivals: dict[int, Arrivals | None] = {}

    def at(self, place: int) -> Place:
        """Return what is known of a place (moment // `QUARTER`)."""
        found = self._found.get(place)
        if found is None:
            moment, rules = place * QUARTER, self._rules
            day = rules.day(moment)
            found = self._found[place] = Place(day, (day - 1) % 7, rules.hour(moment), rules.open(moment))
        return found

    def expected(self, at: Place) -> float | None:
        """Return the chance of losing a call in an open slot, None in a closed one or where nothing is known yet."""
        if not at.open:
            return None
        cell = at.weekday * 24 + at.hour
        if cell not in self._rates:
            self._rates[cell] = self.baseline.lost_rate(self._learnt, at.weekday, at.hour)
        return self._rates[cell]

    def arrivals(self, at: Place) -> Arrivals | None:
        """Return the calls to expect in an open slot, None where no day was learnt."""
        cell = at.weekday * 24 + at.hour
        if cell not in self._arrivals:
            self._arrivals[cell] = self.baseline.arrivals(self._learnt, at.weekday, at.hour)
        return self._arrivals[cell]

    def near_opening(self, place: int) -> bool:
        """Tell whether the office is open within `GRACE` slots."""
        return any(self.at(place + step).open for step in range(-GRACE, GRACE + 1))

    def learnt(self, place: int) -> None:
        """Forget what was looked up by an older baseline, and places long before this one."""
        self._rates.clear()
        self._arrivals.clear()
        if len(self._found) > 150 * A_DAY:
            self._found = {each: at for each, at in self._found.items() if each >= place - 50 * A_DAY}
