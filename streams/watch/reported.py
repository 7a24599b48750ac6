"""The watch over a line known only by readings: laws within one reading, and laws between a line's readings.

No single call is known here: no wait, no caller, no hour of the day. So a miscount is reported only if arithmetic
proves it, together with the figure that the right arithmetic gives. A mere suspicion is undecided.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from streams.calls.rules import LineRules
from streams.checks import parts, repeats
from streams.checks.day_rate import DayTotals
from streams.checks.parts import PartsState
from streams.checks.readings import TOTALS, CallTotals
from streams.checks.silence import SilenceCheck, SilenceState
from streams.kept.times import QUARTER_MS
from streams.watch.evidence import of_block, of_counter, of_parts
from streams.watch.incident import COUNTER, Judgement
from streams.watch.reported_rate import NO_OUTCOME, OF_DAYS, ReportedRate
from streams.watch.reported_state import ReportedPeriod, ReportedState
from streams.watch.slot_calendar import SlotTime
from streams.watch.thresholds import LAW
from streams.watch.watch import Watch

PARTS: Final = "parts of the whole"
BLOCK: Final = "same block"
RESET: Final = f"{COUNTER}reset"
FIRST_SLOTS: Final = 1.0  # weight of the line's mean, in slots, beside the mean of an hour of the week


class MarkedPeriod(NamedTuple):
    """A period with the faults found in it."""

    period: ReportedPeriod
    copies: int  # calls that are counted twice
    copies_lost: int  # the copies that count once as lost
    silent: bool  # zeros for "not reported"


class ReportedWatch:
    """The check of one line's readings; its incidents go to the line's `watch`."""

    def __init__(self, rules: LineRules, state: ReportedState, watch: Watch) -> None:
        self._rules = rules
        self._state = state
        self._watch = watch
        self._incidents = watch.incidents
        self._silence = SilenceCheck(chance=LAW.silence, spread=LAW.quiet_days)
        self._rate = ReportedRate(OF_DAYS, rules.expected, rules.day, state, self._incidents)
        self._no_outcome = ReportedRate(NO_OUTCOME, None, rules.day, state, self._incidents)
        self._told: list[CallTotals] = []  # by period, in order
        self._places: dict[CallTotals, list[int]] = {}  # by reading: its indexes in `_told`

    def add(self, place: int) -> list[MarkedPeriod]:
        """Check a newly placed period; return the periods in which faults were found, also earlier ones."""
        state = self._state
        period, last = state.periods[place], place == len(state.periods) - 1
        # Laws between readings need their order, so a late reading is only checked by itself.
        marks = self._zeros(period, state.silence if last else SilenceState())
        if not period.empty:
            marks += self._parts(period) if last else self._alone(period)
            if last:
                self._block(period)
        self._watch.incidents.count()
        return marks

    def follow(self) -> None:
        """Judge the lost rate of the days before the last period, once the findings about that period are marked."""
        state, day_of = self._state, self._rules.day
        last = state.periods[-1]
        today = day_of(last.start)
        end = today if day_of(last.end) > today else today - 1  # the last day that is over
        first = state.judged
        if end <= first:
            return
        days: dict[int, list[ReportedPeriod]] = {}
        for period in reversed(state.periods):
            day = day_of(period.start)
            if day <= first:
                break
            if day <= end:
                days.setdefault(day, []).insert(0, period)
        state.judged = end
        for day, periods in sorted(days.items()):
            self._judge_day(day, periods)
        self._watch.incidents.count()

    def _judge_day(self, day: int, periods: list[ReportedPeriod]) -> None:
        told = [each for each in periods if not each.silent and (each.copies or not parts.breaks(each.totals))]
        answered, lost = (sum(each) for each in zip((0, 0), *(each.recounted() for each in told), strict=True))
        if answered + lost:
            self._rate.add(DayTotals(day, answered + lost, lost), periods[0].start, periods[-1].end)
        whole = [each for each in told if each.whole and not each.copies]
        offered = sum(each.totals.offered or 0 for each in whole)
        if offered:
            others = offered - sum(sum(each.outcomes()) for each in whole)
            self._no_outcome.add(DayTotals(day, offered, max(0, others)), periods[0].start, periods[-1].end)

    def revised(self, period: ReportedPeriod) -> None:
        """If an incident covers a period that was reported again, mark the period with the incident's finding."""
        for mark in self._alone(period):
            period.copies, period.copies_lost = mark.copies, mark.copies_lost
        period.silent = period.empty and not self._state.usual

    def reset(self, before: CallTotals, after: CallTotals, since: int, at: int) -> None:
        """Report totals that fell within a day. Overnight any counter may restart from zero, which is no fault."""
        day = self._rules.day(since)
        if day != self._rules.day(at):
            return
        fell = {
            name: (getattr(after, name) or 0) - (getattr(before, name) or 0)
            for name in TOTALS
            if (getattr(after, name) or 0) < (getattr(before, name) or 0)
        }
        evidence = [of_counter("reset", name, by, day, self._rules.hour(since)) for name, by in fell.items()]
        incident = self._incidents.by_cause(RESET)
        if incident is None:
            self._incidents.begin(RESET, Judgement("reset", "miscount", evidence), start=since, now=at, calls=0)
        else:
            incident.evidence, incident.end = evidence, max(incident.end, at)
        self._watch.incidents.count()

    def _parts(self, period: ReportedPeriod) -> list[MarkedPeriod]:
        """Compare the parts of a reading with its whole."""
        state, told = self._state.parts, period.totals
        incident = self._incidents.by_cause(PARTS)
        if incident is not None:
            summed = state.summed
            if parts.fits(summed, told):
                parts.go_on(state, told)
                incident.end = period.end
                incident.judge(_judged(state))
                return [_named(period, summed)]
            incident.close()
            parts.clear(state)
        parts.add(state, told, period.start, period.end)
        if not state.broken:
            return []
        begun = self._incidents.begin(PARTS, _judged(state), start=state.since, now=period.end, calls=state.offered)
        begun.end = period.end
        summed = state.summed
        return [_named(each, summed) for each in self._since(state.since) if not each.empty]

    def _alone(self, period: ReportedPeriod) -> list[MarkedPeriod]:
        """Mark a period that arrived out of order if it lies in an incident of summed columns that explains it."""
        summed = self._state.parts.summed
        for incident in self._incidents.kept:
            if incident.cause == PARTS and incident.start <= period.start < incident.end:
                return [_named(period, summed)] if parts.fits(summed, period.totals) else []
        return []

    def _block(self, period: ReportedPeriod) -> None:
        """Check whether the last readings repeat those of other days."""
        self._know()
        incident = self._incidents.by_cause(BLOCK)
        found = repeats.repeated(self._told, self._places)
        if found is None:
            if incident is not None:
                incident.close()
            return
        periods = self._state.periods
        first, before = periods[-found.length], periods[-found.length - found.back]
        evidence = [of_block(found, self._rules.day(first.start), self._rules.day(before.start))]
        judgement = Judgement("stuck", "miscount", evidence)
        if incident is None:
            calls = sum(sum(each.outcomes()) for each in periods[-found.length :])
            incident = self._incidents.begin(BLOCK, judgement, start=first.start, now=period.end, calls=calls)
        else:
            incident.judge(judgement)
        incident.end = period.end

    def _know(self) -> None:
        """Update the indexes of the readings."""
        periods = self._state.periods
        moved = not self._told or len(periods) != len(self._told) + 1 or self._told[-1] != periods[-2].totals
        for each in periods if moved else periods[-1:]:
            if moved and each is periods[0]:
                self._told, self._places = [], {}
            self._places.setdefault(each.totals, []).append(len(self._told))
            self._told.append(each.totals)

    def _zeros(self, period: ReportedPeriod, silence: SilenceState) -> list[MarkedPeriod]:
        """Learn the usual number of calls of a period; find zeros that mean "not reported"."""
        usual = self._state.usual
        slots = list(self._open(period))
        share = sum(part for _, part in slots)
        if period.empty and not usual:  # before the first call a zero is no evidence
            return [MarkedPeriod(period, 0, 0, silent=True)]
        calls = sum(period.outcomes())
        known = [sum(each) for each in zip(*usual.values(), strict=True)] or [0.0, 1.0]
        mean = known[0] / known[1]
        expected = 0.0
        for when, part in slots:
            seen = usual.setdefault(when.weekday * 24 + when.hour, [0.0, 0.0])
            expected += part * (seen[0] + FIRST_SLOTS * mean) / (seen[1] + FIRST_SLOTS)
            seen[0] += calls * part / share
            seen[1] += part
        silent = self._silence.add(silence, calls, expected, period.start, self._rules.day(period.start))
        if not silent:
            return []
        return [
            MarkedPeriod(each, each.copies, each.copies_lost, silent=True)
            for each in self._since(silence.since)
            if each.empty
        ]

    def _open(self, period: ReportedPeriod) -> Iterator[tuple[SlotTime, float]]:
        """Yield the open slots of a period, each with the share of the slot that the period covers."""
        for slot_no in range(period.start // QUARTER_MS, -(-period.end // QUARTER_MS)):
            when = self._watch.slot_times.of(slot_no)
            if when.open:
                start, end = max(period.start, slot_no * QUARTER_MS), min(period.end, (slot_no + 1) * QUARTER_MS)
                yield when, (end - start) / QUARTER_MS

    def _since(self, moment: int) -> Iterator[ReportedPeriod]:
        return (each for each in self._state.periods if each.start >= moment)


def _named(period: ReportedPeriod, summed: parts.Summed) -> MarkedPeriod:
    """Return the calls that a sum of two columns counts twice."""
    answered, lost = period.outcomes()
    if summed == "lost":
        return MarkedPeriod(period, min(answered, lost), min(answered, lost), silent=False)
    return MarkedPeriod(period, lost if summed == "answered" else 0, 0, silent=False)


def _judged(state: PartsState) -> Judgement:
    if state.summed is None:
        return Judgement("mismatch", "undecided", [of_parts(state)])
    return Judgement("duplicate", "miscount", [of_parts(state)])
