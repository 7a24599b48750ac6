"""An indicator by month and by quarter of its period: sums of counts, never means of rates.

A month comes from the figures of the whole period. A quarter is the sum of its months: it is known if the counts of
all its months are, and withheld if one of these months is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias, assert_never

from msgspec.structs import replace

from streams.indicators.annual import Annual
from streams.indicators.indicator import Figure, Indicator, ObservationStatus, minutes
from streams.indicators.kinds import KINDS, OfAnswers, OfCalls, OfRequests, OfTickets
from streams.indicators.period import Period
from streams.indicators.stretch import LineStretch
from streams.periods.named import around
from streams.watch.incident import Incident
from streams.watch.thresholds import GATE

DayOf: TypeAlias = Callable[[int], date]  # the local day of a moment (ms)
_GRAVEST: Final[Sequence[ObservationStatus]] = ("Q", "U", "B", "P", "E", "A")
_NOTHING: Final = Figure(None, None, None)
_WITHHELD: Final = Figure(None, None, None, status="Q")


class IndicatorStretch(NamedTuple):
    """An indicator over a part of its period."""

    period: Period
    counted: Period | None  # its counted part; None if nothing was counted
    raw: Figure
    corrected: Figure
    slots: int = 0  # open ones, of a line
    left_out: int = 0  # slots missing in the corrected counts

    @property
    def coverage(self) -> float:
        """The share of the open slots behind the corrected figure."""
        return 1 - self.left_out / self.slots if self.slots else 1.0


def by_month(annual: Annual, each: Indicator, day_of: DayOf) -> list[IndicatorStretch]:
    """Return an indicator's months that have begun. The first and the last month may be partial.

    Return none if the indicator is unknown by month, as for a survey, or if its period is one month.
    """
    months = [month for month in _months(annual.period) if month.first <= annual.today]
    if months == [annual.period]:
        return []
    made, subject = KINDS[each.kind].made, each.subject
    match made:
        case OfCalls():
            calls = {month.name: month for month in annual.lines[subject].months}
            doubts = _doubts(annual, each, day_of)
            return [_of_calls(annual, each, made, month, calls.get(_name(month)), doubts) for month in months]
        case OfRequests():
            parts = {month.name: made.parts(month) for month in annual.channels[subject].months}
            found = [_figure(*parts.get(_name(month), (0, 0)), "A") for month in months]
        case OfTickets():  # the number of tickets behind a mean is not stored by month
            means = {month.name: minutes(made.seconds(month)) for month in annual.services[subject].months}
            found = [Figure(means.get(_name(month)), None, None) for month in months]
        case OfAnswers():
            return []
        case never:
            assert_never(never)
    wrong = _days(annual.behind(each), day_of)
    return [_of_cases(annual, each, month, figure, wrong) for month, figure in zip(months, found, strict=True)]


def by_quarter(annual: Annual, months: Iterable[IndicatorStretch]) -> list[IndicatorStretch]:
    """Return an indicator's whole quarters within its period, summed from its months; none if months have no counts."""
    found = []
    for quarter, parts in groupby(months, key=lambda month: around("quarter", month.period.first)):
        within = [*parts]
        whole = Period(within[0].period.first, within[-1].period.last) == quarter and quarter != annual.period
        if whole and all(month.counted is None or month.raw.part is not None for month in within):
            found.append(_summed(quarter, within))
    return found


def _summed(quarter: Period, months: Sequence[IndicatorStretch]) -> IndicatorStretch:
    """Return a quarter from its months. It is withheld if one of its months is, or if too many slots are left out."""
    counted = [month.counted for month in months if month.counted is not None]
    if not counted:
        return IndicatorStretch(quarter, None, _NOTHING, _NOTHING)
    raw, corrected = (
        [month.raw for month in months if month.counted],
        [month.corrected for month in months if month.counted],
    )
    cut: list[ObservationStatus] = ["E"] if len(counted) < len(months) else []
    suspect: list[ObservationStatus] = ["U"] if any(month.left_out for month in months) else []
    found = IndicatorStretch(
        quarter,
        Period(counted[0].first, counted[-1].last),
        _sum(raw, [*cut, *suspect]),
        _sum(corrected, cut),
        sum(month.slots for month in months),
        sum(month.left_out for month in months),
    )
    withheld = found.corrected.status == "Q" or found.coverage < GATE.coverage
    return found._replace(corrected=_WITHHELD) if withheld else found


def _of_calls(
    annual: Annual,
    each: Indicator,
    made: OfCalls,
    month: Period,
    found: LineStretch | None,
    doubts: Sequence[Period],
) -> IndicatorStretch:
    """Return a month of a line. If the line was out of order all month, nothing was counted."""
    counted = _within(each.counted, month)
    if found is None or counted is None:
        return IndicatorStretch(month, None, _NOTHING, _NOTHING)
    if not found.raw.offered and found.slots == found.left_out:
        return IndicatorStretch(month, None, _NOTHING, _NOTHING, found.slots, found.left_out)
    standing = _standing(annual, each, month, counted)
    doubted = any(_within(doubt, month) for doubt in doubts)
    suspect = doubted or found.in_quarantine > 0 or found.corrected is None
    raw = _figure(*made.parts(found.raw, found.raw_diverted), "U" if suspect else standing)
    corrected = _WITHHELD
    if found.corrected is not None:
        status: ObservationStatus = "E" if found.left_out and standing in {"A", "B"} else standing
        believed = _figure(*made.parts(found.corrected, found.corrected_diverted), "U" if doubted else status)
        corrected = _WITHHELD if believed.whole is None else believed
    return IndicatorStretch(month, counted, raw, corrected, found.slots, found.left_out)


def _of_cases(
    annual: Annual, each: Indicator, month: Period, figure: Figure, wrong: Sequence[Period]
) -> IndicatorStretch:
    """Return a month of a service or a channel, withheld if some of its days are `wrong` or in doubt."""
    counted = _within(each.counted, month)
    if counted is None:
        return IndicatorStretch(month, None, _NOTHING, _NOTHING)
    if any(_within(days, month) for days in wrong):
        return IndicatorStretch(month, counted, replace(figure, status="U"), _WITHHELD)
    figure = replace(figure, status=_standing(annual, each, month, counted))
    return IndicatorStretch(month, counted, figure, figure)


def _figure(part: int | None, whole: int | None, status: ObservationStatus) -> Figure:
    return Figure(None if part is None or not whole else part / whole, part, whole, status=status)


def _standing(annual: Annual, each: Indicator, month: Period, counted: Period) -> ObservationStatus:
    """Return the status of a month without regard to miscounts, by the same rules as for the whole period."""
    if any(month.first <= change.day <= month.last for change in each.breaks):
        return "B"
    if annual.today <= month.last:
        return "P"
    return "E" if counted != month and each.raw.status == "E" else "A"


def _doubts(annual: Annual, each: Indicator, day_of: DayOf) -> list[Period]:
    """Return the days of the undecided incidents behind an indicator."""
    return _days([found for found in annual.behind(each) if found.verdict == "undecided"], day_of)


def _days(incidents: Iterable[Incident], day_of: DayOf) -> list[Period]:
    return [Period(day_of(start), day_of(end - 1)) for start, end in (found.bounds() for found in incidents)]


def _months(period: Period) -> list[Period]:
    months, first = [], period.first
    while first <= period.last:
        last = min(around("month", first).last, period.last)
        months.append(Period(first, last))
        first = last + timedelta(1)
    return months


def _name(month: Period) -> str:
    return f"{month.first:%Y-%m}"


def _within(days: Period | None, month: Period) -> Period | None:
    """Return the days of a period that lie in a month, or None if there are none."""
    if days is None or days.last < month.first or days.first > month.last:
        return None
    return Period(max(days.first, month.first), min(days.last, month.last))


def _sum(figures: Sequence[Figure], statuses: Sequence[ObservationStatus]) -> Figure:
    """Return the sum of figures, with the gravest of all statuses."""
    status = min([*statuses, *(figure.status for figure in figures)], key=_GRAVEST.index)
    return _figure(_total(figure.part for figure in figures), _total(figure.whole for figure in figures), status)


def _total(counts: Iterable[int | None]) -> int | None:
    """Return the sum of counts, or None if any is unknown."""
    known = [*counts]
    return None if None in known else sum(count for count in known if count is not None)
