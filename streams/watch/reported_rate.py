"""The lost rate of a line's readings, day by day: several days with an unusual rate are an incident.

Totals alone hardly distinguish a miscount from bad days: they have no wait, no caller and no hour. But they show the
number of calls: a rush brings more calls than it loses, whereas a counter that miscounts brings no calls. So a rise
with a rush is an overload, and any other change is undecided, for a person to look at.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log
from typing import Final

from streams.checks.day_rate import DayRateCheck, DayTotals, RateChange, begun_anew
from streams.watch.incident import Judgement
from streams.watch.incidents import Incidents
from streams.watch.reported_evidence import of_arrivals, of_days
from streams.watch.reported_state import ReportedState
from streams.watch.thresholds import KIND, RATE, WITNESS

OF_DAYS: Final = "lost rate of days"


class ReportedRate:
    """The check of one line's lost rate by day; `expected` is the configured one.

    `day` gives the local day (an ordinal) of a moment (ms).
    """

    def __init__(
        self, expected: float | None, day: Callable[[int], int], state: ReportedState, incidents: Incidents
    ) -> None:
        self._expected = expected
        self._day = day
        self._state = state
        self._incidents = incidents
        self._check = DayRateCheck()

    def add(self, day: DayTotals, start: int, end: int) -> None:
        """Add a finished day, whose readings run from `start` to `end` (ms)."""
        state = self._state.days
        incident = self._incidents.by_cause(OF_DAYS)
        if incident is not None and incident.status == "dismissed" and state.change is not None:
            incident.over, incident = True, None
            state = self._state.days = begun_anew(state.change)
        change = self._check.add(state, day, self._expected)
        if change is None or (incident is None and state.change is None):
            return
        if incident is None:
            begun = next((each.start for each in self._state.periods if self._day(each.start) == change.since), start)
            self._incidents.begin(OF_DAYS, judged(change), start=begun, now=end, calls=change.offered)
        elif state.change is None:
            incident.close()
        else:
            incident.judge(judged(change))
            if not state.healed.calls:
                incident.end = end


def judged(change: RateChange) -> Judgement:
    """Return the judgement of a change of the lost rate."""
    evidence = [of_days(change)]
    excess = change.lost - change.usual_lost
    arrivals = (change.offered - max(0.0, excess)) / change.usual_offered if change.usual_offered else 1.0
    if change.direction == "fall":
        return Judgement("missing", "undecided", evidence)
    evidence.append(of_arrivals(arrivals))
    if log(max(arrivals, RATE.least_rate)) >= WITNESS.no_rush:
        return Judgement("overload", "overload", evidence)
    return Judgement(
        "missing" if change.offered < KIND.missing * change.usual_offered else "drift", "undecided", evidence
    )
