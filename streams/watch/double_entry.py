"""A line's counter against its events: readings compared with the line's own totals at the same moment.

Readings and calls come from two topics, in any order relative to each other, and the findings depend on the events
alone, not on that order. So each quarter-hour has one comparison: of its last running totals, or of the sum of its
intervals. It waits until readings and calls have both passed the quarter-hour, and uses the line's own totals at its
end (`Growth`), however far the calls are ahead. A reading is late only if a newer reading came before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from operator import attrgetter
from typing import Final

from streams.calls.call import ANSWERED, DIVERTED, LOST, REASON_INDEX, REASON_MASK
from streams.calls.rules import LineRules
from streams.checks.readings import TOTALS, CallTotals, CounterCheck, CounterState, Finding
from streams.decoding import Invalid
from streams.events import Reading, Reason, milliseconds
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.kept.times import FOREVER, QUARTER_MS, SLOTS_A_DAY
from streams.said import said
from streams.watch.evidence import of_counter
from streams.watch.growth import KEPT_DAYS, OFFERED, Growth, quarter
from streams.watch.incident import COUNTER, Evidence, Judgement
from streams.watch.incidents import Incidents
from streams.watch.state import WaitingReading, WatchState
from streams.watch.thresholds import LEARNING

MAX_WAITING_READINGS: Final = KEPT_DAYS * SLOTS_A_DAY  # as far as calls may be ahead of readings


class DoubleEntry:
    """The comparison of one line's readings with the `growth` of the line's own totals.

    Both use the same definition: a counter that leaves timeouts out is not accused of missing them.
    """

    def __init__(self, rules: LineRules, state: WatchState, incidents: Incidents, growth: Growth) -> None:
        self._rules = rules
        self._state = state.double_entry
        self._incidents = incidents
        self._growth = growth

    def take(self, reading: Reading, at: int, now: int) -> int:
        """Take a reading of a moment that arrived `now` (both ms); return `OK`, `DUPLICATE` or `LATE`."""
        state = self._state
        since = None if reading.mode == "cumulative" or reading.since is None else milliseconds(reading.since)
        if reading.mode == "interval" and (since is None or since >= at):
            raise Invalid(
                "invalid",
                said("an interval reading needs its beginning - at `$.since`; expected a moment before `$.at`"),
            )
        heard, waiting = max(state.heard, state.counter.at), state.waiting  # an earlier version stored no `heard`
        place = bisect_right(waiting, at, key=attrgetter("at"))
        last = waiting[place - 1] if place else None
        if at == state.counter.at or (last is not None and last.at == at):
            return DUPLICATE
        late = at <= heard or quarter(at) <= state.growth.since
        if late or len(waiting) >= MAX_WAITING_READINGS:
            state.skipped = state.skipped or since is not None  # running totals also count what they left out
            return LATE
        told = CallTotals(reading.offered, reading.answered, reading.lost)
        report = WaitingReading(at, since, told, reading.lost_reasons or (), state.skipped)
        state.skipped = False
        if last is not None and quarter(last.at) == quarter(at) and _alike(last, report):
            waiting[place - 1] = _joined(last, report)
        else:
            waiting.insert(place, report)
        state.heard = max(heard, min(at, now))
        self._compare_all(state.heard)
        return OK

    def note(self, until: int) -> None:
        """Note the line's own totals up to the end of a quarter-hour, and compare what waited for them."""
        self._growth.note(until)
        self._compare_all(self._state.heard)

    def close(self) -> None:
        """Compare all readings, as neither calls nor readings follow."""
        waiting = self._state.waiting
        if waiting:
            self._growth.note(quarter(waiting[-1].at))
        self._compare_all(FOREVER)

    def shed(self) -> bool:
        """Join the waiting readings in pairs, and forget the older half of the growth; return whether that shrank."""
        kept = list[WaitingReading]()
        for number, each in enumerate(self._state.waiting):
            if number % 2 and _alike(kept[-1], each):
                kept[-1] = _joined(kept[-1], each)
            else:
                kept.append(each)
        shrank, self._state.waiting = len(kept) < len(self._state.waiting), kept
        return self._growth.shed() or shrank

    def _compare_all(self, heard: int) -> None:
        """Compare the waiting readings of the quarter-hours that calls and readings have passed; `heard` is in ms."""
        state, last = self._state, min(self._state.growth.noted, heard // QUARTER_MS)
        while state.waiting and quarter(state.waiting[0].at) <= last:
            self._compare(state.waiting.pop(0))

    def _compare(self, report: WaitingReading) -> None:
        state, number = self._state, quarter(report.at)
        if number < state.growth.since:  # an earlier version took it, and did not note what the calls were then
            return
        if report.anew or report.lost_reasons != state.lost_reasons:  # losses by two definitions cannot be compared
            state.counter, state.lost_reasons = CounterState(), report.lost_reasons
        self._follow(report.at)
        grown = self._growth.forget(number)
        own = _totals(state.growth.base, report.lost_reasons)
        # The line's totals are those at the end of the quarter-hour, so they may be ahead by its calls.
        within = 0 if report.at % QUARTER_MS == 0 else _most(_totals(grown, report.lost_reasons))
        check = CounterCheck(slack=CounterCheck().slack + max(state.unsure, within))
        if report.since is None:
            findings = check.cumulative(state.counter, report.totals, own, report.at)
        else:
            findings = check.interval(state.counter, report.totals, own, report.since, report.at)
        begun = state.counter.fresh == report.at
        state.unsure = within if begun else max(state.unsure, within)
        calls = state.growth.base.get(OFFERED, 0)
        for finding in findings:
            self._tell(finding, calls - state.offered.get(finding.since, calls))
        counter = state.counter
        named = {counter.repeating, counter.silent, *(entry.agreed for entry in counter.entries)}
        state.offered = {at: count for at, count in state.offered.items() if at in named} | {report.at: calls}

    def _follow(self, at: int) -> None:
        """Close the open incidents of the counter after enough days of readings without a sign, before a reading."""
        day = self._rules.day(self._state.counter.at)
        if self._state.counter.at < 0 or day == self._rules.day(at):
            return
        for incident in list(self._incidents.open(lambda each: each.of_counter)):
            incident.clean += self._rules.day(incident.end) < day
            if incident.clean >= LEARNING.clean:
                incident.close()

    def _tell(self, finding: Finding, calls: int) -> None:
        """Begin or extend the incident of a finding; `calls` came in its time."""
        cause = COUNTER + finding.kind
        incident = self._incidents.by_cause(cause)
        if incident is None:
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


def _alike(one: WaitingReading, other: WaitingReading) -> bool:
    """Return whether two readings are in one mode and by one definition."""
    return (one.since is None, one.lost_reasons) == (other.since is None, other.lost_reasons)


def _joined(one: WaitingReading, other: WaitingReading) -> WaitingReading:
    """Return a reading and a later one as one; time between two intervals comes before both."""
    anew = one.anew or other.anew
    if one.since is None or other.since is None:
        return WaitingReading(other.at, None, other.totals, other.lost_reasons, anew)
    sums = {
        total: None if None in (both := (getattr(one.totals, total), getattr(other.totals, total))) else sum(both)
        for total in TOTALS
    }
    since = other.since - (one.at - one.since)
    return WaitingReading(other.at, since, CallTotals(**sums), other.lost_reasons, anew)


def _totals(outcomes: Mapping[int, int], lost_reasons: tuple[Reason, ...]) -> CallTotals:
    """Return calls by outcome as a counter reports them.

    Calls are lost if they ended without a human for one of these reasons, by default the line's own.
    """
    counted = {kind | REASON_INDEX[reason] for kind in (LOST, DIVERTED) for reason in lost_reasons}
    lost = sum(
        count
        for outcome, count in outcomes.items()
        if (outcome in counted if counted else outcome & ~REASON_MASK == LOST)
    )
    answered = sum(count for outcome, count in outcomes.items() if outcome & ~REASON_MASK == ANSWERED)
    return CallTotals(outcomes.get(OFFERED, 0), answered, lost)


def _most(grown: CallTotals) -> int:
    return max(abs(count or 0) for count in (grown.offered, grown.answered, grown.lost))
