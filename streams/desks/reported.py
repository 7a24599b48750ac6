"""The fold of a line of totals (`lifecycle: totals`), whose only input is a counter's readings.

A reading is one figure for its period and counts entirely in that period's first open slot: a day's figure has no
hours. The slots that the reading covers are recorded with it, so that uncovered slots appear as gaps. If a period is
reported again, the last report counts. Offered equals answered plus lost, so no call is unresolved; further calls that
the counter offers have no known outcome, and are reported separately (docs/decisions/0012).
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

MAX_PERIODS: Final = 4_000  # 41 days by quarters of an hour, or ten years by days
_LOST: Final = LOST | REASON_INDEX["unknown"]
_NOTHING: Final = CallSlot()


class ReadingsBook:
    """The book of a line of readings, which decide the book's days and name the parts of closed days."""

    def __init__(self, state: LineState) -> None:
        self._state = state

    @property
    def epoch(self) -> int:
        return self._state.readings.epoch

    @property
    def offset(self) -> int:
        """The offset of the present reading."""
        return self._state.readings.offset

    @property
    def others(self) -> int:
        """The sum of the offsets in the line's other inputs."""
        return self._state.others

    @property
    def book(self) -> Book[LineDay]:
        return self._state.book


def leave_days(book: Book[LineDay], *, totals: bool) -> None:
    """Leave as published the open days that the line's other input began; new calls go into parts of those days.

    The `lifecycle` may change on any day, and the two inputs have separate offsets.
    """
    begun = {day: page for day, page in book.days.items() if not page.part}
    for day, page in begun.items():
        if any((slot.reported > 0) != totals for slot in page.slots.values()):
            del book.days[day]
            book.closed = max(book.closed, day)


class Reported:
    """The fold of one line's readings into its ledger and its watch."""

    def __init__(self, rules: LineRules, state: LineState, ledger: Ledger[LineDay], watch: Watch) -> None:
        self._rules = rules
        self._state = state
        self._ledger = ledger
        self._times = watch.slot_times
        self._watch = ReportedWatch(rules, state.reported, watch)
        self._turn = 0

    def take(self, reading: Reading, at: int, now: int) -> int:
        """Fold a reading of a moment (ms) that arrived `now`; return `OK`, `DUPLICATE` or `LATE`.

        Raise `Invalid` if the reading lacks figures, or if its period is a part of another reading's period.
        """
        totals = CallTotals(reading.offered, reading.answered, reading.lost)
        if sum(getattr(totals, name) is not None for name in TOTALS) < 2:  # noqa: PLR2004 -- two give the third
            raise Invalid(
                "no-count",
                said("this line takes readings only (lifecycle: totals); expected two of offered, answered and lost"),
            )
        if reading.mode == "interval":
            since = None if reading.since is None else milliseconds(reading.since)
            if since is None or since >= at:
                words = "an interval reading tells since when - at `$.since`; expected a moment before `$.at`"
                raise Invalid("invalid", words)
            return self._report(ReportedPeriod(since, at, totals), now)
        return self._grow(totals, at, now)

    def _grow(self, totals: CallTotals, at: int, now: int) -> int:
        """Fold running totals; their growth since the last totals is the figure of a period."""
        state = self._state.reported
        if at <= state.at:
            return DUPLICATE if at == state.at and totals == state.totals else LATE
        since, before = state.at, state.totals
        if since < 0:  # the counts before this reading are unknown
            state.at, state.totals = at, totals
            self._pass(at, now)
            return OK
        if any(_fell(getattr(before, name), getattr(totals, name)) for name in TOTALS):
            grown = totals  # the counts since the counter's restart
            state.resets += 1
            self._watch.reset(before, totals, since, at)
        else:
            grown = CallTotals(*(_growth(getattr(before, name), getattr(totals, name)) for name in TOTALS))
        state.at, state.totals = at, totals
        self._go_on(ReportedPeriod(since, at, grown), now)
        return OK

    def _go_on(self, grown: ReportedPeriod, now: int) -> None:
        """Add the growth of running totals, as one period for each slot once the slot is over."""
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
        """Count the unfinished slot at the end of a file."""
        state = self._state.reported
        pending, state.pending = state.pending, None
        if pending is not None:
            self._report(pending, FOREVER)

    def _report(self, period: ReportedPeriod, now: int) -> int:
        """Count a period, in place of its earlier report."""
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
        """Advance the line's time to a moment (ms), never beyond `now`."""
        state, moment = self._state, min(at, now)
        if moment > state.high:
            if state.high >= self._turn:
                self._turn = self._ledger.turn(state.high)
            state.high = moment

    def _count(self, period: ReportedPeriod, times: int) -> None:
        """Count a period in its day and the line's totals, or remove it if `times` is -1."""
        first, end = period.start // QUARTER_MS, -(-period.end // QUARTER_MS)
        slot_no = next((each for each in range(first, end) if self._times.of(each).open), first)
        page = self._ledger.page(slot_no)
        state = self._state
        if period.silent:
            state.reported.not_reported += times
            return  # the period's day has no figures
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
        counts = (getattr(period.totals, name) or 0 for name in TOTALS)
        state.reported.sums = [
            before + times * count for before, count in zip(state.reported.sums, counts, strict=True)
        ]
        state.reported.without_outcome += times * max(0, (period.totals.offered or 0) - answered - lost + period.copies)
        state.offered += times * (answered + lost)
        for outcome, calls in ((ANSWERED, answered), (_LOST, lost)):
            if times < 0:
                state.shown.before_fall(outcome, state.counts[outcome])
            state.counts[outcome] = state.counts.get(outcome, 0) + times * calls

    def check(self) -> None:
        """Raise AssertionError if the state contradicts itself."""
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
