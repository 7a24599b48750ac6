"""A line counted by readings only. The code of a year's figures also computes these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from config.settings import LineDefaults
from streams.checks.readings import TOTALS
from streams.desks.line import Line
from streams.indicators.annual import without_baseline
from streams.indicators.line import LineTotals, line_totals
from streams.indicators.period import Period
from streams.indicators.plan import LinePlan
from streams.kept.times import SLOTS_A_DAY
from streams.ledger.day import LineDay
from streams.ledger.sums import whole

_EPOCH = date(1970, 1, 1).toordinal()


class ReportedReport(Struct, frozen=True):
    """The totals of a line as its counter's readings give them."""

    offered: int | None  # None if no reading has it
    answered: int | None
    lost: int | None
    without_outcome: int  # offered, and neither answered nor lost
    revised: int  # periods reported again with other figures
    not_reported: int  # periods whose zeros mean `not reported`
    resets: int  # of a cumulative counter


def reported_report(line: Line) -> ReportedReport:
    state = line.state.reported
    known = (any(getattr(each.totals, name) is not None for each in state.periods) for name in TOTALS)
    offered, answered, lost = (total if has else None for total, has in zip(state.sums, known, strict=True))
    return ReportedReport(
        offered, answered, lost, state.without_outcome, state.revised, state.not_reported, state.resets
    )


def days_of(line: Line) -> list[LineDay]:
    """Return a line's days in the form of the ledger."""
    return whole([*line.ledger.book.done, *line.days()])


def spanned(lines: Iterable[Line]) -> Period | None:
    """Return the period from the first to the last counted day of some lines."""
    days = sorted(day.day for line in lines for day in (*line.ledger.book.done, *line.days()))
    return Period(date.fromisoformat(days[0]), date.fromisoformat(days[-1])) if days else None


def totals_of(line: Line, defaults: LineDefaults, counted: Period | None) -> LineTotals:
    """Return a line's figures for the days on which any line has counts."""
    plan = LinePlan(
        label=line.name,
        target=defaults.target,
        within=line.rules.within / 1000,
        correction=defaults.correction,
        basis="",
        expected=line.rules.expected,
        totals=True,
    )

    def opened(day: date) -> Mapping[int, int]:
        # a local day begins less than a day before or after the UTC day
        first = (day.toordinal() - _EPOCH - 1) * SLOTS_A_DAY
        times = {slot_no: line.watch.slot_times.of(slot_no) for slot_no in range(first, first + 3 * SLOTS_A_DAY)}
        return {slot_no: when.hour for slot_no, when in times.items() if when.open and when.day == day.toordinal()}

    days = days_of(line)
    guard = without_baseline(plan, days)
    return line_totals(days, line.state.watch.incidents, plan, opened, counted, guard)
