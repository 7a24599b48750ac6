"""A line's figures from its state: windows, totals, waiting calls, callers and staff."""

from __future__ import annotations

from collections.abc import Iterator

from streams.calls.call import ANSWERED, DIVERTED, LOST, OPEN, REASON_MASK, UNRESOLVED
from streams.calls.callers import Callers
from streams.calls.counts import Counts
from streams.calls.definition import Definitions
from streams.calls.hours import Hour
from streams.calls.rules import LineRules
from streams.calls.staff import Staff
from streams.calls.tally import Tally
from streams.calls.windows import WINDOWS, WindowName
from streams.desks.line_state import LineState
from streams.kept.times import HOUR_MS, QUARTER_MS


class LineFigures:
    """The figures of one line, calculated from its state."""

    def __init__(self, rules: LineRules, state: LineState, definitions: Definitions) -> None:
        self._rules = rules
        self._by = definitions.of
        self._state = state

    def windows(self, now: int) -> dict[WindowName, Tally]:
        """Return the calls whose outcome fell in each window that ends at `now` (ms)."""
        ages = [(now - call.moment, call) for call in self._state.live.values() if call.outcome]
        found, live, counted = dict[WindowName, Tally](), Tally(), 0
        for window in WINDOWS:  # the shortest first, so each adds the live calls that are older
            for age, call in ages:
                if counted <= age < window.length:
                    live.add(call, self._by[call.by])
            found[window.name] = self._state.rings.read(window, now)
            found[window.name].merge(live)
            counted = window.length
        return found

    def total(self) -> Tally:
        """Return all calls with an outcome, live ones too."""
        tally = self._state.rings.total()
        for call in self._state.live.values():
            if call.outcome:
                tally.add(call, self._by[call.by])
        return tally

    def tallies(self) -> Iterator[Tally]:
        """Yield tallies whose sum is the total."""
        yield from self._state.rings.tallies()
        yield from self._live().values()

    def callers(self) -> Callers:
        """Return the callers, their attempts, and whether they reached an agent, summed over days."""
        return self._state.depth.callers(self._state.live.values(), self._rules)

    def staff(self) -> Staff:
        """Return the agents at work, as far as answered calls show them."""
        return self._state.depth.staffed(self._state.live.values())

    def agents(self, now: int) -> int | None:
        """Return how many agents were seen in the slot of `now` (ms) and the one before, or None if none ever was."""
        return self._state.depth.agents(self._state.live.values(), now // QUARTER_MS)

    def to_call_back(self, now: int) -> int | None:
        """Return how many callers' last call on the local day of `now` (ms) was lost, or None if unknown."""
        day_of = self._rules.day
        return self._state.depth.following.to_call_back(self._state.live.values(), day_of, day_of(now))

    def overflow(self) -> dict[str, int]:
        """Return the number of diverted calls by known destination, most frequent first."""
        return self._state.depth.overflowed(self._state.live.values())

    def by_hour(self) -> dict[int, Hour]:
        """Return the calls of the last month by epoch hour of their outcome."""
        return self._state.rings.by_hour(self._live())

    def _live(self) -> dict[int, Tally]:
        """Return the live calls with an outcome, by its epoch hour."""
        found: dict[int, Tally] = {}
        for call in self._state.live.values():
            if call.outcome:
                hour = call.moment // HOUR_MS
                if hour not in found:
                    found[hour] = Tally()
                found[hour].add(call, self._by[call.by])
        return found

    def waiting(self, now: int) -> list[int]:
        """Return how long (ms) each caller who is in the line at `now` has waited.

        Callers whose call ended without an outcome, as in a crash of the exchange, no longer wait.
        """
        return [
            now - call.start
            for call in self._state.live.values()
            if call.attempted and not call.outcome and call.ended < 0 <= now - call.start <= self._rules.max_call
        ]

    def unresolved(self) -> int:
        """Return the number of calls that will never have an outcome: settled without one, or cut by a restart."""
        return self._state.unresolved()

    def outcomes(self) -> dict[int, int]:
        """Return the number of calls by outcome, and of the offered ones under `OPEN`."""
        return {OPEN: self._state.offered} | {
            outcome: count for outcome, count in self._state.counts.items() if outcome != UNRESOLVED
        }

    def counts(self) -> Counts:
        """Return all calls by outcome, raw. Open ones count as unresolved."""
        offered = self._state.offered
        answered, lost, diverted = (self.count(kind) for kind in (ANSWERED, LOST, DIVERTED))
        return Counts(offered, answered, lost, diverted, offered - answered - lost - diverted)

    def count(self, kind: int) -> int:
        """Return the number of calls with an outcome of one kind, over all reasons."""
        return sum(count for outcome, count in self._state.counts.items() if outcome & ~REASON_MASK == kind)
