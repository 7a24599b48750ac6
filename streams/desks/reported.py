"""The fold of a line of which only a counter's readings tell (`lifecycle: totals`): its figures are what they report.

A reading is one figure of its period, and counts whole in the first open slot of it: a day's figure knows no hour. The
slots that it stands for are noted with it, so that what no reading covers is a gap. A period that is reported again
counts as it was reported last. What was offered is what was answered or lost, so no call is unresolved; calls that the
counter offers beyond that have no outcome that anybody told, and are told apart (docs/decisions/0012).
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import Final

from streams.calls.call import ANSWERED, LOST, REASON_INDEX
from streams.calls.rules import LineRules
from streams.checks.readings import TOTALS, CallTotals
from streams.decoding import Invalid
from streams.desks.line_state import LineState
from streams.events import Reading, milliseconds
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.kept.times import FOREVER, QUARTER_MS
from streams.ledger.book import Book, Ledger
from streams.ledger.calls import stamp
from streams.ledger.day import CallSlot, LineDay
from streams.said import said
from streams.watch.reported import ReportedWatch
from streams.watch.reported_state import ReportedPeriod
from streams.watch.watch import Watch

MAX_PERIODS: Final = 4_000  # 41 days by quarters of an hour, ten years by days
_LOST: Final = LOST | REASON_INDEX["unknown"]
_NOTHING: Final = CallSlot()


class ReadingsBook:
    """Let the ledger of a line be written by its readings: they decide its days, and name the parts of closed ones."""

    def __init__(self, state: LineState) -> None:
        self._state = state

    @property
    def epoch(self) -> int:
        """Return which making of the readings' topic it is."""
        return self._state.readings.epoch

    @property
    def offset(self) -> int:
        """Return the offset of the reading that is taken."""
        return self._state.readings.offset

    @property
    def others(self) -> int:
        """Return the sum of the offsets in the line's further inputs."""
        return self._state.others

    @property
    def book(self) -> Book[LineDay]:
        """Return the line's book."""
        return self._state.book


def leave_days(book: Book[LineDay], *, totals: bool) -> None:
    """Leave the open days that a line's other input began as they are published: what comes now goes into parts.

    The `lifecycle` may change on any day, and the two inputs have offsets of their own.
    """
    begun = {day: page for day, page in book.days.items() if not page.part}
    for day, page in begun.items():
        if any((slot.reported > 0) != totals for slot in page.slots.values()):
            del book.days[day]
            book.closed = max(book.closed, day)


class Reported:
    """Fold the readings of one line into its ledger, and have them watched."""

    def __init__(self, rules: LineRules, state: LineState, ledger: Ledger[LineDay], watch: Watch) -> None:
        self._rules = rules
        self._state = state
        self._ledger = ledger
        self._times = watch.slot_times
        self._watch = ReportedWatch(rules, state.reported, watch)
        self._turn = 0

    def take(self, reading: Reading, at: int, now: int) -> int:
        """Take a reading of a moment (ms) that came `now`; return `OK`, `DUPLICATE` or `LATE`.

        Raises:
            Invalid: it tells too little, or reports a part of what another reading reports.

        """
        told = CallTotals(reading.offered, reading.answered, reading.lost)
        if sum(getattr(told, name) is not None for name in TOTALS) < 2:  # noqa: PLR2004 -- two give the third
            raise Invalid(
                "no-count",
                said("only readings tell of this line (lifecycle: totals); expected two of offered, answered and lost"),
            )
        if reading.mode == "interval":
            since = None if reading.since is None else milliseconds(reading.since)
            if since is None or since >= at:
                words = "an interval reading tells since when - at `$.since`; expected a moment before `$.at`"
                raise Invalid("invalid", words)
            return self._report(ReportedPeriod(since, at, told), now)
        return self._grow(told, at, now)

    def _grow(self, told: CallTotals, at: int, now: int) -> int:
        """Take running totals: what they grew by since the last ones is a period."""
        state = self._state.reported
        if at <= state.at:
            return DUPLICATE if at == state.at and told == state.totals else LATE
        since, before = state.at, state.totals
        if since < 0:  # what it counted before nobody knows
            state.at, state.totals = at, told
            self._pass(at, now)
            return OK
        if any(_fell(getattr(before, name), getattr(told, name)) for name in TOTALS):
            grown = told  # since it began anew
            state.resets += 1
            self._watch.reset(before, told, since, at)
        else:
            grown = CallTotals(*(_growth(getattr(before, name), getattr(told, name)) for name in TOTALS))
        state.at, state.totals = at, told
        self._go_on(ReportedPeriod(since, at, grown), now)
        return OK

    def _go_on(self, grown: ReportedPeriod, now: int) -> None:
        """Count what running totals grew by: all that lies in one slot as one period, once the slot is over."""
        state = self._state.reported
        pending, slot_no = state.pending, grown.start // QUARTER_MS
        if pending is not None:
            if (grown.end - 1) // QUARTER_MS == pending.start // QUARTER_MS:
                grown = ReportedPeriod(pending.start, grown.end, _plus(pending.totals, grown.totals))
            else:
                self._report(pending, now)
        over = grown.end >= (slot_no + 1) * QUARTER_MS
        state.pending = None if over else grown
        if over:
            self._report(grown, now)

    def close(self) -> None:
        """Count what the end of a file leaves of a slot that goes on."""
        state = self._state.reported
        pending, state.pending = state.pending, None
        if pending is not None:
            self._report(pending, FOREVER)

    def _report(self, period: ReportedPeriod, now: int) -> int:
        """Count a period, in place of what was reported for it before."""
        state = self._state.reported
        periods = state.periods
        place = bisect_left(periods, period.start, key=lambda each: each.start)
        known = periods[place] if place < len(periods) else None
        if known is not None and (known.start, known.end) == (period.start, period.end):
            if known.totals == period.totals:
                return DUPLICATE
            state.revised += 1
            self._count(known, -1)
            periods[place] = period
            self._watch.revised(period)
            self._count(period, 1)
            return OK
        before = periods[place - 1] if place else None
        if (before is not None and before.end > period.start) or (known is not None and known.start < period.end):
            raise Invalid(
                "overlap",
                said("it reports a part of a period that another reading reports; expected periods side by side"),
            )
        if state.forgotten and not place:
            return LATE
        self._pass(period.end, now)
        periods.insert(place, period)
        marked = self._watch.add(place)
        self._count(period, 1)
        for each, copies, copies_lost, silent in marked:
            self._count(each, -1)
            each.copies, each.copies_lost, each.silent = copies, copies_lost, silent
            self._count(each, 1)
        if period is periods[-1]:
            self._watch.follow()
        if len(periods) > MAX_PERIODS:
            del periods[0]
            state.forgotten += 1
        return OK

    def _pass(self, at: int, now: int) -> None:
        """Let the line's time pass up to a moment (ms), never beyond `now`."""
        state, moment = self._state, min(at, now)
        if moment > state.high:
            if state.high >= self._turn:
                self._turn = self._ledger.turn(state.high)
            state.high = moment

    def _count(self, period: ReportedPeriod, times: int) -> None:
        """Count a period in its day and in the line's totals; `times=-1` takes it back."""
        first, end = period.start // QUARTER_MS, -(-period.end // QUARTER_MS)
        slot_no = next((each for each in range(first, end) if self._times.of(each).open), first)
        page = self._ledger.page(slot_no)
        state = self._state
        if period.silent:
            state.reported.not_reported += times
            return  # the day is there, and tells nothing
        slot = page.slots.setdefault(slot_no, CallSlot())
        answered, lost = period.outcomes()
        slot.offered += times * (answered + lost)
        slot.answered += times * answered
        slot.lost += times * lost
        slot.copies += times * period.copies
        slot.copies_lost += times * period.copies_lost
        slot.reported += times * (end - slot_no)
        if slot == _NOTHING:
            del page.slots[slot_no]
        stamp(page, self._rules.definition)
        told = (getattr(period.totals, name) or 0 for name in TOTALS)
        state.reported.sums = [before + times * count for before, count in zip(state.reported.sums, told, strict=True)]
        state.reported.without_outcome += times * max(0, (period.totals.offered or 0) - answered - lost + period.copies)
        state.offered += times * (answered + lost)
        for outcome, calls in ((ANSWERED, answered), (_LOST, lost)):
            if times < 0:
                state.shown.before_fall(outcome, state.counts[outcome])
            state.counts[outcome] = state.counts.get(outcome, 0) + times * calls

    def check(self) -> None:
        """Raise AssertionError where the state contradicts itself."""
        periods, counts = self._state.reported.periods, self._state.counts
        assert all(one.end <= other.start for one, other in pairwise(periods))
        assert all(count >= 0 for count in counts.values())
        assert self._state.offered == sum(counts.values())


def _fell(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and after < before


def _growth(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _plus(one: CallTotals, other: CallTotals) -> CallTotals:
    pairs = ((getattr(one, name), getattr(other, name)) for name in TOTALS)
    return CallTotals(*(None if None in pair else sum(pair) for pair in pairs))
