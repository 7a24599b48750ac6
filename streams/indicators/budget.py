"""How much of a line's yearly allowance of lost calls is used, and when it will be exhausted.

The error budget of a service level objective (Beyer et al., The Site Reliability Workbook, O'Reilly 2018, chapters 2
and 5), over the opening hours of a calendar year.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Final

from msgspec import Struct

from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.indicators.stretch import LineStretch
from streams.kept.times import QUARTER_MS

PACE_WEEKS: Final = 4  # the last month sets the pace: a week is mostly chance, a quarter hides recent changes


class Hours(Struct, frozen=True):
    """The slot numbers of a year's opening hours."""

    behind: Sequence[int]  # past slots, on counted days
    ahead: Sequence[int]  # future slots

    @classmethod
    def of(cls, year: Period, counted: Period, opened: Opened, now: int) -> Hours:
        """Return the slots of a year as of `now` (ms), which may lie within the last counted day.

        Slots before the first counted day are neither in `behind` nor in `ahead`.
        """
        last = sorted(opened(counted.last))
        passed = bisect_right(last, now // QUARTER_MS - 1)
        before = Period(counted.first, counted.last - timedelta(1))
        after = Period(counted.last + timedelta(1), year.last)
        return cls((*_slot_numbers(before, opened), *last[:passed]), (*last[passed:], *_slot_numbers(after, opened)))

    @property
    def elapsed(self) -> float:
        """The share of slots that are over."""
        return len(self.behind) / (len(self.behind) + len(self.ahead))


class Budget(Struct, frozen=True):
    """A line's budget of lost calls in a year."""

    allowed: float  # lost calls
    used: float  # share of the allowed calls; above 1 if more were lost
    gone: int | None  # when the last allowed call is lost, epoch ms; None if the year ends first


def budget(line: LineTotals, hours: Hours, *, corrected: bool) -> Budget | None:
    """Return a line's budget: its target times the year's calls, which are extrapolated at the present pace.

    Slots that a correction leaves out are assumed to be like the other slots. Return None without a target or a rate.

    >>> from streams.calls.counts import Counts
    >>> from streams.indicators.line import line_totals
    >>> from streams.indicators.plan import LinePlan
    >>> from streams.ledger.day import CallSlot, LineDay
    >>> plan = LinePlan("Standard", 0.1, 20.0, "exclude", "lost over offered")
    >>> day, opened = date(2013, 1, 2), lambda day: {day.toordinal() * 96: 9}
    >>> slot = CallSlot(offered=100, answered=95, lost=5)
    >>> days = [LineDay(id="lozere/standard", day="2013-01-02", slots={day.toordinal() * 96: slot})]
    >>> totals = line_totals(days, [], plan, opened, Period(day, day))
    >>> year = Period(date(2013, 1, 2), date(2013, 1, 11))
    >>> tomorrow = (day.toordinal() + 1) * 96 * QUARTER_MS
    >>> budget(totals, Hours.of(year, Period(day, day), opened, tomorrow), corrected=False)
    Budget(allowed=100.0, used=0.05, gone=None)
    """
    counts = line.corrected if corrected else line.raw
    target, rate = line.plan.target, None if counts is None else counts.lost_rate
    if counts is None or rate is None or not target or not hours.behind:
        return None
    kept = line.coverage if corrected and line.method == "exclude" else 1.0
    slots = len(hours.behind) + len(hours.ahead)
    allowed = target * counts.offered / kept * slots / len(hours.behind)
    lost = counts.lost / kept
    paces = [(week.slots, _pace(week, lost / len(hours.behind), corrected=corrected)) for week in line.weeks]
    return Budget(allowed, lost / allowed, _gone(allowed, lost, paces, hours))


def elapsed(year: Period, today: date, opened: Opened) -> float | None:
    """Return the share of a year's opening hours before a day, or None if the year has none."""
    slots = [(day, len(opened(day))) for day in year.days()]
    whole = sum(count for _, count in slots)
    return sum(count for day, count in slots if day < today) / whole if whole else None


def _gone(allowed: float, lost: float, paces: Sequence[tuple[int, float]], hours: Hours) -> int | None:
    """Return when (ms) the last allowed call was lost, or will be at the pace of the last weeks."""
    if lost > allowed:
        spent, before = 0.0, 0
        for slots, pace in paces:
            if spent + slots * pace > allowed:
                return QUARTER_MS * hours.behind[min(before + int((allowed - spent) / pace), len(hours.behind) - 1)]
            spent, before = spent + slots * pace, before + slots
        return QUARTER_MS * hours.behind[-1]
    latest = paces[-PACE_WEEKS:]
    pace = sum(slots * each for slots, each in latest) / sum(slots for slots, _ in latest)
    slot_no = next(islice(hours.ahead, int((allowed - lost) / pace), None), None) if pace else None
    return None if slot_no is None else QUARTER_MS * slot_no


def _pace(week: LineStretch, usual: float, *, corrected: bool) -> float:
    """Return a week's lost calls per slot, or `usual` if it has no corrected figure."""
    if not corrected:
        return week.raw.lost / week.slots
    return usual if week.corrected is None else week.corrected.lost / (week.slots - week.left_out)


def _slot_numbers(period: Period, opened: Opened) -> Iterator[int]:
    for day in period.days():
        yield from sorted(opened(day))
