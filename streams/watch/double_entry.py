"""A line's counter against its events: readings compared with the line's own totals at the same moment.

Readings and calls come from two topics, in any order relative to each other. So a reading waits until no timely event
can still change the calls before it, and is then compared with the line's totals at its own moment. Live and replayed
events give the same result. If calls of a reading's time may be settled already, the reading is late, and the
comparison restarts with the next one.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from typing import Final, TypeAlias

from streams.calls.rules import LineRules
from streams.checks.readings import CallTotals, CounterCheck, CounterState, Finding
from streams.decoding import Invalid
from streams.events import Reading, Reason, milliseconds
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.kept.times import FOREVER, QUARTER_MS
from streams.said import said
from streams.watch.evidence import of_counter
from streams.watch.incident import COUNTER, Evidence, Judgement
from streams.watch.incidents import Incidents
from streams.watch.state import WaitingReading, WatchState

TotalsAt: TypeAlias = Callable[[int, tuple[Reason, ...]], CallTotals]
MAX_WAITING_READINGS: Final = 1_000  # one a minute for a night; with one more, the first is compared at once


class DoubleEntry:
    """The comparison of one line's readings with `totals`, which returns the line's own totals at a recent moment.

    Both use the same definition: a counter that leaves timeouts out is not accused of missing them.
    """

    def __init__(self, rules: LineRules, state: WatchState, incidents: Incidents, totals: TotalsAt) -> None:
        self._rules = rules
        self._state = state
        self._incidents = incidents
        self._totals = totals
        self._check = CounterCheck()

    def next(self) -> int:
        """Return the moment (ms) of the first waiting reading, or `FOREVER`."""
        waiting = self._state.double_entry.waiting
        return waiting[0].at if waiting else FOREVER

    def take(self, reading: Reading, at: int, now: int) -> int:
        """Take a reading of a moment at the line's time `now` (both ms); return `OK`, `DUPLICATE` or `LATE`."""
        state = self._state.double_entry
        since = None if reading.mode == "cumulative" or reading.since is None else milliseconds(reading.since)
        if reading.mode == "interval" and (since is None or since >= at):
            raise Invalid(
                "invalid",
                said("an interval reading needs its beginning - at `$.since`; expected a moment before `$.at`"),
            )
        if at == state.counter.at or any(at == report.at for report in state.waiting):
            return DUPLICATE
        if at < state.counter.at:
            return LATE
        if at < now - self._rules.max_call:
            state.counter = CounterState()
            return LATE
        told = CallTotals(reading.offered, reading.answered, reading.lost)
        report = WaitingReading(at, since, told, reading.lost_reasons or ())
        insort(state.waiting, report, key=lambda waiting: waiting.at)
        if len(state.waiting) > MAX_WAITING_READINGS:
            self._compare(state.waiting.pop(0))
        self.compare(now - self._rules.lateness)
        return OK

    def compare(self, until: int) -> None:
        """Compare the readings up to a moment (ms)."""
        waiting = self._state.double_entry.waiting
        while waiting and waiting[0].at <= until:
            self._compare(waiting.pop(0))

    def _compare(self, report: WaitingReading) -> None:
        entry = self._state.double_entry
        if report.lost_reasons != entry.lost_reasons:  # losses by two definitions cannot be compared
            entry.counter, entry.lost_reasons = CounterState(), report.lost_reasons
        state, own = entry.counter, self._totals(report.at, report.lost_reasons)
        if report.since is None:
            findings = self._check.cumulative(state, report.totals, own, report.at)
        else:
            findings = self._check.interval(state, report.totals, own, report.since, report.at)
        for finding in findings:
            self._tell(finding)

    def _tell(self, finding: Finding) -> None:
        """Begin or extend the incident of a finding."""
        cause = COUNTER + finding.kind
        incident = self._incidents.by_cause(cause)
        if incident is None:
            within = self._state.kept(finding.since // QUARTER_MS, finding.at // QUARTER_MS + 1)
            calls = sum(slot.offered for _, slot in within)
            judgement = Judgement(finding.kind, "miscount", [self._evidence(finding, finding.since, finding.by)])
            self._incidents.begin(cause, judgement, start=finding.since, now=finding.at, calls=calls)
            return
        evidence = self._evidence(finding, incident.start, finding.by)
        before = next((known for known in incident.evidence if known.check == evidence.check), None)
        if before is not None:  # a finding holds only the change since the last one
            evidence = self._evidence(finding, incident.start, finding.by + round(before.observed or 0))
        others = [known for known in incident.evidence if known.check != evidence.check]
        incident.evidence, incident.clean = [evidence, *others], 0
        incident.end = max(incident.end, finding.at)

    def _evidence(self, finding: Finding, since: int, by: int) -> Evidence:
        return of_counter(finding.kind, finding.total, by, self._rules.day(since), self._rules.hour(since))
