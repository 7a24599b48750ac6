"""The readings of a counter service: the totals of its ticket system."""

from __future__ import annotations

from streams.cases.reported import CaseTotals, ReportedCases, ReportedCasesState
from streams.checks.reading_waits import waits_of
from streams.decoding import Invalid
from streams.desks.service_state import ServiceState
from streams.events import ServiceReading, milliseconds
from streams.tickets.rules import ServiceRules
from streams.watch.incidents import Incidents


class ServiceReadings:
    """The readings of one service; the first one makes their state."""

    def __init__(self, rules: ServiceRules, state: ServiceState, incidents: Incidents) -> None:
        self._rules = rules
        self._state = state
        self._incidents = incidents

    def take(self, reading: ServiceReading, at: int) -> int:
        """Take a reading of a moment (ms); return `OK`, `DUPLICATE` or `LATE`.

        Raise `Invalid` if an interval has no beginning.
        """
        since = None if reading.since is None else milliseconds(reading.since)
        if reading.mode == "interval" and (since is None or since >= at):
            words = "an interval reading needs its beginning - at `$.since`; expected a moment before `$.at`"
            raise Invalid("invalid", words)
        if self._state.reported is None:
            self._state.reported = ReportedCasesState()
        waits = waits_of(reading.served, reading.mean_wait, reading.answered_within)
        totals = CaseTotals(reading.issued, reading.served, reading.no_show, reading.waiting, waits)
        return self._check(self._state.reported).take(totals, since, at, self._rules.day)

    def judge(self, now: int) -> bool:
        """Judge the last day with readings if it is over at `now` (ms); return whether it was."""
        if self._state.reported is None:
            return False
        check = self._check(self._state.reported)
        if check.last < 0 or now <= self._rules.over(check.last):
            return False
        check.judge(check.last)
        return True

    def _check(self, state: ReportedCasesState) -> ReportedCases:
        return ReportedCases(state, self._incidents, self._rules.opened)
