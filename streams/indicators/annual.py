"""The annual indicators of an office, from the days of its ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeVar

from msgspec import Struct

from streams.indicators.breaks import Break, breaks, unstamped
from streams.indicators.channel import ChannelTotals, channel_totals
from streams.indicators.indicator import (
    Compared,
    Indicator,
    ObservationStatus,
    of_channel,
    of_line,
    of_service,
    of_share,
)
from streams.indicators.line import LineTotals, line_totals
from streams.indicators.period import Period
from streams.indicators.plan import LinePlan, Plan
from streams.indicators.service import ServiceTotals, service_totals
from streams.insight.survey import Share
from streams.kept.times import QUARTER_MS
from streams.ledger.day import ChannelDay, LedgerDay, LineDay, ServiceDay, WitnessDay
from streams.ledger.sums import called
from streams.watch.guard import Guard
from streams.watch.incident import Incident
from streams.watch.office import OfficeSilence, gathered, office_ids, office_silences
from streams.watch.thresholds import LEARNING

D = TypeVar("D", LineDay, ServiceDay, ChannelDay, WitnessDay)
_HOURS: Final = " over offered, "


class Annual(Struct, kw_only=True):
    """Hold all figures of an office over a period; lines, services and channels by short id."""

    site: str
    period: Period
    today: date  # the local day as of which they were made
    lines: dict[str, LineTotals]
    services: dict[str, ServiceTotals]
    channels: dict[str, ChannelTotals]
    shares: list[Share]  # of the satisfied, by survey question
    incidents: list[Incident]  # that touch the period
    indicators: list[Indicator]
    silences: list[OfficeSilence] = []  # which of the incidents are one of the office

    def told(self) -> tuple[list[Incident], list[Incident]]:
        """Return the incidents behind the indicators, and the others; where all lines were silent at once, as one."""
        names, behind = office_ids(self.silences), {name for each in self.indicators for name in each.incidents}
        behind |= {names[name] for name in behind if name in names}
        of_figures = [each for each in self.incidents if not behind.isdisjoint({each.id, names.get(each.id)})]
        others = [each for each in self.incidents if each not in of_figures]
        return gathered(of_figures, self.silences), gathered(others, self.silences)


class AnnualInput(NamedTuple):
    """Hold what an office's figures are made from."""

    days: Sequence[LedgerDay]  # each whole
    incidents: Sequence[Incident]
    shares: Sequence[Share] = ()  # of a survey in the period
    bases: Mapping[str, str] = {}  # by line: the definition by which the year before was published


def annual(given: AnnualInput, plan: Plan, period: Period, today: date) -> Annual:
    """Return an office's figures over a period as of a local day, beside those of the years before and after it.

    A year's figure never stands in for another's: each is published as its own year's, with its days.
    """
    year = _over(given, plan, period, today)
    year.indicators += map(of_share, given.shares)
    year.shares = list(given.shares)
    by_id = {each.id: each for each in year.indicators}
    for years in (-1, 1):
        other = period.shifted(years)
        for each in _over(given, plan, other, today).indicators:
            if each.counted is not None and each.raw.value is not None:
                whole = _whole(other, each.counted, plan)
                compared = Compared(other, each.counted, whole, each.raw.value, each.corrected.value)
                by_id[each.id].compared = [*by_id[each.id].compared, compared]
    return year


def _over(given: AnnualInput, plan: Plan, period: Period, today: date) -> Annual:
    days = [each for each in given.days if each.day in period]
    incidents = within(given.incidents, plan, period)
    by_line, counted_lines = _days_of(LineDay, days)
    every_line, every_channel = _days_of(LineDay, given.days)[0], _days_of(ChannelDay, given.days)[0]
    by_witness = _days_of(WitnessDay, days)[0]
    by_service, counted_services = _days_of(ServiceDay, days)
    by_channel, counted_channels = _days_of(ChannelDay, days)
    lines, services, channels = {}, {}, {}
    indicators: list[Indicator] = []
    for name, line_plan in plan.lines.items():
        own = [each for each in within(incidents, plan, counted_lines or period) if each.line == name]
        guard = without_baseline(name, line_plan, every_line[name])
        lines[name] = line_totals(by_line[name], own, line_plan, plan.opened, counted_lines, guard, by_witness[name])
        broken = breaks(every_line[name], period)
        hours = given.bases.get(name, line_plan.basis).rpartition(_HOURS)[2]  # earlier versions named the reasons too
        changed = hours != line_plan.basis or bool(broken)
        standing = _standing(period, counted_lines, plan, today, changed=changed)
        indicators += _counted([of_line(name, lines[name], standing)], counted_lines, broken, unstamped(by_line[name]))
    for name, service_plan in plan.services.items():
        services[name] = service_totals(by_service[name], service_plan)
        standing = _standing(period, counted_services, plan, today)
        indicators += _counted(of_service(name, services[name], standing), counted_services)
    for name, channel_plan in plan.channels.items():
        channels[name] = channel_totals(by_channel[name], channel_plan, today)
        broken = breaks(every_channel[name], period)
        standing = _standing(period, counted_channels, plan, today, changed=bool(broken))
        found = of_channel(name, channels[name], standing)
        indicators += _counted(found, counted_channels, broken, unstamped(by_channel[name]))
    return Annual(
        site=plan.site,
        period=period,
        today=today,
        lines=lines,
        services=services,
        channels=channels,
        shares=[],
        incidents=incidents,
        indicators=indicators,
        silences=_silences(incidents, given.days, plan),
    )


def without_baseline(name: str, plan: LinePlan, days: Iterable[LedgerDay]) -> Guard | None:
    """Return the guard of a line for which no rate is configured, while too few of its days are known."""
    if plan.expected is not None:
        return None
    own = (each for each in days if isinstance(each, LineDay) and each.id.partition("/")[2] == name)
    known = sum(any(slot.offered for slot in each.slots.values()) for each in own)
    return Guard("no baseline") if known < LEARNING.known else None


def _silences(incidents: Iterable[Incident], days: Iterable[LedgerDay], plan: Plan) -> list[OfficeSilence]:
    """Return which of these incidents are one of the office."""

    def heard(first: int, end: int) -> Mapping[str, set[int]]:
        period = Period(*(plan.day(slot_no * QUARTER_MS) for slot_no in (first, end)))
        return called(each for each in days if each.day in period)

    return office_silences(incidents, heard, lambda slot_no: slot_no in plan.opened(plan.day(slot_no * QUARTER_MS)))


def within(incidents: Iterable[Incident], plan: Plan, period: Period) -> list[Incident]:
    """Return the incidents that touch a period, in their order."""
    touching = [
        each
        for each in incidents
        if plan.day(each.bounds()[0]) <= period.last and plan.day(each.bounds()[1] - 1) >= period.first
    ]
    return sorted(touching, key=lambda each: (each.bounds(), each.id))


def _days_of(kind: type[D], days: Iterable[LedgerDay]) -> tuple[defaultdict[str, list[D]], Period | None]:
    """Return the days of one kind by the short id of their line, service or channel, and the period they span."""
    by_name: defaultdict[str, list[D]] = defaultdict(list)
    dates = []
    for each in sorted((each for each in days if isinstance(each, kind)), key=lambda each: each.day):
        by_name[each.id.partition("/")[2]].append(each)
        dates.append(date.fromisoformat(each.day))
    return by_name, Period(dates[0], dates[-1]) if dates else None


def _standing(
    period: Period, counted: Period | None, plan: Plan, today: date, *, changed: bool = False
) -> ObservationStatus:
    """Return the status of a period's figure, incidents aside.

    It is a break in the series where the definition `changed`, whatever else it is: two figures are in it, or it is not
    comparable to the year before. Else it is provisional until the period is over, and estimated where a part of the
    period was not counted.
    """
    if changed:
        return "B"
    if today <= period.last:
        return "P"
    if counted is not None and not _whole(period, counted, plan):
        return "E"
    return "A"


def _whole(period: Period, counted: Period, plan: Plan) -> bool:
    """Tell whether every open day of a period lies within the days that were counted."""
    return not any(plan.opened(day) for day in period.days() if not counted.first <= day <= counted.last)


def _counted(
    indicators: list[Indicator], counted: Period | None, broken: Sequence[Break] = (), without: int = 0
) -> list[Indicator]:
    for each in indicators:
        each.counted, each.breaks, each.unstamped = counted, list(broken), without
    return indicators
