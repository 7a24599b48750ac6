"""The lost rate of a line's readings, day by day: several days with an unusual rate are an incident.

Totals alone hardly distinguish a miscount from bad days: they have no wait, no caller and no hour. But they show the
number of calls: a rush brings more calls than it loses, whereas a counter that miscounts brings no calls. So a rise
with a rush is an overload, and any other change is undecided, for a person to look at. Lost calls that are added to the
usual ones, and displace no answer, are phantoms.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log
from typing import Final, Literal

from streams.checks.day_rate import DayRateCheck, DayRateState, DayTotals, RateChange, begun_anew
from streams.watch.evidence import of_arrivals, of_days, of_days_without_outcome
from streams.watch.incident import Judgement
from streams.watch.incidents import Incidents
from streams.watch.laws import Kind
from streams.watch.reported_state import ReportedState
from streams.watch.thresholds import KIND, RATE, WITNESS

OF_DAYS: Final = "lost rate of days"
NO_OUTCOME: Final = "calls without outcome"
ADDED: Final = (0.5, 1.5)  # growth of the calls in losses beyond the usual: these are phantoms if the rest is as usual


class ReportedRate:
    """The check of one share of a line's calls by day: of the lost ones, or of those neither answered nor lost.

    `expected` is the configured share. `day` gives the local day (an ordinal) of a moment (ms).
    """

    def __init__(
        self,
        cause: Literal["lost rate of days", "calls without outcome"],
        expected: float | None,
        day: Callable[[int], int],
        state: ReportedState,
        incidents: Incidents,
    ) -> None:
        self._cause = cause
        self._expected = expected
        self._day = day
        self._state = state
        self._incidents = incidents
        self._check = DayRateCheck()

    @property
    def _days(self) -> DayRateState:
        state = self._state
        if self._cause == OF_DAYS:
            return state.days
        if state.without_outcome_days is None:
            state.without_outcome_days = DayRateState()
        return state.without_outcome_days

    def _relearn(self, change: RateChange) -> DayRateState:
        begun = begun_anew(change)
        if self._cause == OF_DAYS:
            self._state.days = begun
        else:
            self._state.without_outcome_days = begun
        return begun

    def add(self, day: DayTotals, start: int, end: int) -> None:
        """Add a finished day, whose readings run from `start` to `end` (ms)."""
        state = self._days
        incident = self._incidents.by_cause(self._cause)
        if incident is not None and incident.status == "dismissed" and state.change is not None:
            incident.over, incident = True, None
            state = self._relearn(state.change)
        change = self._check.add(state, day, self._expected)
        if change is None or (incident is None and state.change is None):
            return
        if incident is None:
            begun = next((each.start for each in self._state.periods if self._day(each.start) == change.since), start)
            self._incidents.begin(self._cause, self._judged(change), start=begun, now=end, calls=change.offered)
        elif state.change is None:
            incident.close()
        else:
            incident.judge(self._judged(change))
            if not state.healed.calls:
                incident.end = end

    def _judged(self, change: RateChange) -> Judgement:
        if self._cause == OF_DAYS:
            return judged(change)
        return Judgement("drift", "undecided", [of_days_without_outcome(change)])


def judged(change: RateChange) -> Judgement:
    """Return the judgement of a change of the lost rate."""
    evidence = [of_days(change)]
    if change.direction == "fall":
        return Judgement("missing", "undecided", evidence)
    arrivals = change.arrivals
    evidence.append(of_arrivals(arrivals))
    if arrivals is None:
        return Judgement("drift", "undecided", evidence)
    if log(max(arrivals, RATE.least_rate)) >= WITNESS.no_rush:
        return Judgement("overload", "overload", evidence)
    if change.known_offered < KIND.missing * change.usual_offered:
        return Judgement("missing", "undecided", evidence)
    least, most = ADDED
    kind: Kind = "phantom" if least <= (change.added or 0.0) <= most else "drift"
    return Judgement(kind, "undecided", evidence)
