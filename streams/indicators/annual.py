"""The annual indicators of an office, from the days of its ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeVar

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from streams.indicators.breakdown import Breakdown
from streams.indicators.breaks import Break, Stamp, breaks, unstamped
from streams.indicators.cases import CaseDays, channels_means, no_baseline, services_means
from streams.indicators.channel import ChannelTotals, channel_totals
from streams.indicators.closings import Closings, closings
from streams.indicators.desk_days import DAY_OF, DeskDays
from streams.indicators.indicator import (
    Compared,
    Indicator,
    ObservationStatus,
    of_channel,
    of_line,
    of_service,
    of_share,
)
from streams.indicators.judged import JudgedSlots
from streams.indicators.line import LineTotals, figure_of, totals_of
from streams.indicators.period import Period
from streams.indicators.plan import ChannelPlan, LinePlan, Plan, ServicePlan
from streams.indicators.repeats import RepeatSums
from streams.indicators.service import ServiceTotals, service_totals
from streams.indicators.survey import Share
from streams.kept.times import QUARTER_MS
from streams.ledger.day import ChannelDay, LineDay, ServiceDay, WitnessDay
from streams.ledger.sums import called
from streams.watch.guard import Guard
from streams.watch.incident import DeskKind, Incident
from streams.watch.incidents import overruled
from streams.watch.office import LINES, OfficeSilence, gathered, office_ids, office_silences
from streams.watch.thresholds import LEARNING

S = TypeVar("S", Stamp, ServiceDay, ChannelDay, WitnessDay)
D = TypeVar("D", ServiceDay, ChannelDay)
_HOURS: Final = " over offered, "


class Annual(Struct, kw_only=True):
    """An office's figures over a period. Lines, services and channels are named by their short ids."""

    site: str
    period: Period
    today: date  # the local day on which they were calculated
    lines: dict[str, LineTotals]
    services: dict[str, ServiceTotals]
    channels: dict[str, ChannelTotals]
    shares: list[Share]  # satisfied answers, by survey question
    incidents: list[Incident]  # those within the period
    indicators: list[Indicator]
    asked: Period | None = None  # from the survey's first to its last answer; None if unknown
    breakdowns: list[Breakdown] | UnsetType = UNSET  # of the survey's questions; unset without any, as in old editions
    silences: list[OfficeSilence] = []  # groups of incidents that together are one silence of the whole office

    def label(self, incident: Incident) -> str:
        """Return the label of an incident's desk, or the labels of the lines if it is the office's."""
        known: Mapping[DeskKind, Mapping[str, LineTotals | ServiceTotals | ChannelTotals]] = {
            "line": self.lines,
            "service": self.services,
            "channel": self.channels,
        }
        desks = known[incident.desk]
        names = incident.line.split(LINES) if incident.desk == "line" else [incident.line]
        return LINES.join(desks[name].plan.label if name in desks else name for name in names)

    def behind(self, indicator: Indicator) -> list[Incident]:
        """Return the incidents behind an indicator, in order."""
        return [each for each in self.incidents if each.id in indicator.incidents]

    def dismissed(self, indicator: Indicator) -> list[Incident]:
        """Return the incidents that would change an indicator if a person had not dismissed them, in order."""
        names = indicator.parts or (indicator.subject,)
        own = (each for each in self.incidents if each.desk == indicator.of and each.line in names)
        return [each for each in own if overruled(each)]

    def told(self) -> tuple[list[Incident], list[Incident]]:
        """Return the incidents behind the indicators, and the other incidents.

        The incidents of lines that were all silent at once count as one.
        """
        names, behind = office_ids(self.silences), {name for each in self.indicators for name in each.incidents}
        behind |= {names[name] for name in behind if name in names}
        of_figures = [each for each in self.incidents if not behind.isdisjoint({each.id, names.get(each.id)})]
        others = [each for each in self.incidents if each not in of_figures]
        return gathered(of_figures, self.silences), gathered(others, self.silences)


class AnnualInput(NamedTuple):
    """The input of an office's figures."""

    days: DeskDays
    incidents: Sequence[Incident]
    shares: Sequence[Share] = ()  # of the period's survey
    asked: Period | None = None  # when its answers were given
    breakdowns: Sequence[Breakdown] = ()  # of its questions
    bases: Mapping[str, str] = {}  # by line: the definition of last year's published figures


def annual(given: AnnualInput, plan: Plan, period: Period, today: date, *, whole_only: bool = False) -> Annual:
    """Return an office's figures over a period as of a local day, beside its figures of other periods.

    Each figure belongs to its own period and is published with that period's days. Each desk's days are read once.
    `whole_only` reads the whole period alone, for sums over many offices: it omits other periods, months, weeks and
    quantiles of waits.
    """
    year = _Year(given, plan, period, today, whole_only=whole_only)
    others = [_Year(given, plan, each, today) for each in (() if whole_only else beside(period))]
    others = [each for each in others if each.is_counted]
    for name, line in plan.lines.items():
        _add_line(given.days, (year, *others), name, line)
    for name, service in plan.services.items():
        visits = {part: [*given.days.of(ServiceDay, part)] for part in service.parts or (name,)}
        for each in (year, *others):
            each.add_service(name, service, visits)
    for name, channel in plan.channels.items():
        requests = {part: [*given.days.of(ChannelDay, part)] for part in channel.parts or (name,)}
        for each in (year, *others):
            each.add_channel(name, channel, requests)
    for other in others:
        for one, also in zip(year.indicators, other.indicators, strict=True):
            if also.counted is not None and also.raw.value is not None:
                whole = _whole(other.period, also.counted, plan)
                compared = Compared(other.period, also.counted, whole, also.raw.value, also.corrected.value)
                one.compared = [*one.compared, compared]
    return Annual(
        site=plan.site,
        period=period,
        today=today,
        lines=year.lines,
        services=year.services,
        channels=year.channels,
        shares=list(given.shares),
        asked=given.asked,
        breakdowns=list(given.breakdowns) or UNSET,
        incidents=year.incidents,
        indicators=[*year.indicators, *map(of_share, given.shares)],
        silences=_silences(year.incidents, given.days, plan),
    )


def _add_line(days: DeskDays, years: Sequence[_Year], name: str, plan: LinePlan) -> None:
    """Add a line to the figures of each year that has days of it. Each day is processed once and not kept."""
    both = [*days.of(WitnessDay, name)]
    judged, stamps, known = [each.judging(name, plan, both) for each in years], list[Stamp](), 0
    around, repeats = years[0].closings(name), years[0].repeats(name)
    for day in days.of(LineDay, name):
        stamps.append(Stamp(day.day, day.definitions, bool(day.slots)))
        known += plan.expected is None and has_calls(day)
        if years[0].first <= day.day <= years[0].last:
            around.take(day)
            repeats.take(day)
        for year, slots in zip(years, judged, strict=True):
            if year.first <= day.day <= year.last:
                slots.take(day)
    guard = guard_of(plan, known)
    for year, slots in zip(years, judged, strict=True):
        year.add_line(name, plan, slots, guard, stamps)
    years[0].lines[name].closings = around.found()
    years[0].lines[name].repeats = repeats.found()


def beside(period: Period) -> list[Period]:
    """Return the comparison periods: a year before and after, and the preceding quarter or month.

    >>> [each.name for each in beside(Period.of_months(2013, 4, 3))]
    ['2012-Q2', '2014-Q2', '2013-Q1']
    """
    found = [period.shifted(-1), period.shifted(1)]
    return found if period.preceding is None else [*found, period.preceding]


class _Year:
    """The figures of one period, added desk by desk."""

    def __init__(
        self, given: AnnualInput, plan: Plan, period: Period, today: date, *, whole_only: bool = False
    ) -> None:
        self.period = period
        self._whole_only = whole_only
        self.first, self.last = period.first.isoformat(), period.last.isoformat()
        self.incidents = within(given.incidents, plan, period)
        self.lines: dict[str, LineTotals] = {}
        self.services: dict[str, ServiceTotals] = {}
        self.channels: dict[str, ChannelTotals] = {}
        self.indicators: list[Indicator] = []
        self._bases = given.bases
        self._plan = plan
        self._today = today
        self._counted = {each: given.days.span(each, period) for each in (LineDay, ServiceDay, ChannelDay)}
        self._of_desks = defaultdict[tuple[DeskKind, str], list[Incident]](list)
        for kind, days in DAY_OF.items():
            for each in within(self.incidents, plan, self._counted[days] or period):
                if each.desk == kind:
                    self._of_desks[kind, each.line].append(each)

    @property
    def is_counted(self) -> bool:
        """Return whether anything was counted in the period."""
        return any(self._counted.values())

    def judging(self, name: str, plan: LinePlan, both: Sequence[WitnessDay]) -> JudgedSlots:
        """Return the judge of a line's days in this period; `both` has the days that the line and its witness share."""
        return JudgedSlots(
            (),
            self._of_desks["line", name],
            self._plan.opened,
            self._counted[LineDay],
            totals=plan.totals,
            witnessed=self._own(both),
            sums_only=plan.correction != "impute",
            agentless=plan.agentless,
            quantiles=not self._whole_only,
        )

    def closings(self, name: str) -> Closings:
        """Return the sums, still empty, around a line's closing times."""
        return Closings(self._plan, self._of_desks["line", name], self._today)

    def repeats(self, name: str) -> RepeatSums:
        """Return the sums, still empty, of a line's answered callers who called again."""
        return RepeatSums(self._plan, self._of_desks["line", name])

    def add_line(
        self, name: str, plan: LinePlan, judged: JudgedSlots, guard: Guard | None, stamps: Sequence[Stamp]
    ) -> None:
        """Add a line, from the judgement of its days of this period and the `stamps` of all its days."""
        totals = self.lines[name] = totals_of(figure_of(judged, plan, guard), plan, whole_only=self._whole_only)
        broken = breaks(stamps, self.period)
        hours = self._bases.get(name, plan.basis).rpartition(_HOURS)[2]  # earlier versions also stored the reasons here
        counted = self._counted[LineDay]
        standing = self._standing(counted, changed=hours != plan.basis or bool(broken))
        self._add(of_line(name, totals, standing, self._plan.leads), counted, broken, unstamped(self._own(stamps)))

    def _parts(self, kind: DeskKind, every: Mapping[str, Sequence[D]]) -> list[CaseDays[D]]:
        """Return the days and incidents of desks in this period; their baselines are from all their days."""
        return [
            CaseDays(self._own(days), self._of_desks[kind, name], no_baseline(days)) for name, days in every.items()
        ]

    def add_service(self, name: str, plan: ServicePlan, every: Mapping[str, Sequence[ServiceDay]]) -> None:
        """Add a service, or a sum of services; `every` has all days of each."""
        counted = self._counted[ServiceDay]
        parts = self._parts("service", every)
        days = [day for part in parts for day in part.days]
        means = services_means(parts, self._plan.day)
        self.services[name] = found = service_totals(days, plan, means, whole_only=self._whole_only)
        own = [each for part in parts for each in part.incidents]
        found.closings = closings(self._plan, own, days, self._today)
        self._add(of_service(name, found, self._standing(counted)), counted)

    def add_channel(self, name: str, plan: ChannelPlan, every: Mapping[str, Sequence[ChannelDay]]) -> None:
        """Add a channel, or a sum of channels; `every` has all days of each."""
        counted = self._counted[ChannelDay]
        parts = self._parts("channel", every)
        days = [day for part in parts for day in part.days]
        means = channels_means(parts, self._plan.day, target=plan.target_days is not None)
        self.channels[name] = channel_totals(days, plan, self._today, means)
        broken = [each for part in every.values() for each in breaks(part, self.period)]
        found = of_channel(name, self.channels[name], self._standing(counted, changed=bool(broken)))
        self._add(found, counted, broken, sum(unstamped(part.days) for part in parts))

    def _own(self, days: Iterable[S]) -> list[S]:
        return [each for each in days if self.first <= each.day <= self.last]

    def _standing(self, counted: Period | None, *, changed: bool = False) -> ObservationStatus:
        """Return the status of the period's figures, without regard to incidents.

        The status is a break in the series whenever the definition `changed`: the period mixes two definitions,
        or is not comparable to the year before. Otherwise it is provisional until the period is over, and estimated if
        a part of the period was not counted.
        """
        if changed:
            return "B"
        if self._today <= self.period.last:
            return "P"
        if counted is not None and not _whole(self.period, counted, self._plan):
            return "E"
        return "A"

    def _add(
        self, indicators: Iterable[Indicator], counted: Period | None, broken: Sequence[Break] = (), without: int = 0
    ) -> None:
        for each in indicators:
            each.counted, each.breaks, each.unstamped = counted, list(broken), without
            self.indicators.append(each)


def without_baseline(plan: LinePlan, days: Iterable[LineDay]) -> Guard | None:
    """Return the guard of a line that has no configured rate while too few of its days are known."""
    return guard_of(plan, sum(map(has_calls, days)))


def has_calls(day: LineDay) -> bool:
    return any(slot.offered for slot in day.slots.values())


def guard_of(plan: LinePlan, known: int) -> Guard | None:
    """Return the guard of `without_baseline` from the number of days with a call."""
    return Guard("no baseline") if plan.expected is None and known < LEARNING.known else None


def _silences(incidents: Iterable[Incident], days: DeskDays, plan: Plan) -> list[OfficeSilence]:
    """Return the groups of incidents that together are one silence of the whole office."""

    def heard(first: int, end: int) -> Mapping[str, set[int]]:
        period = Period(*(plan.day(slot_no * QUARTER_MS) for slot_no in (first, end)))
        return called(days.lines(period))

    return office_silences(incidents, heard, lambda slot_no: slot_no in plan.opened(plan.day(slot_no * QUARTER_MS)))


def within(incidents: Iterable[Incident], plan: Plan, period: Period) -> list[Incident]:
    """Return the incidents that touch a period, or may continue in it, in order; without who took them."""
    touching = [
        replace(each, taken=None)
        for each in incidents
        if any(
            plan.day(start) <= period.last and plan.day(end - 1) >= period.first
            for start, end in filter(None, (each.bounds(), each.unjudged()))
        )
    ]
    return sorted(touching, key=lambda each: (each.bounds(), each.id))


def _whole(period: Period, counted: Period, plan: Plan) -> bool:
    """Return whether every open day of a period lies within the counted days."""
    return not any(plan.opened(day) for day in period.days() if not counted.first <= day <= counted.last)
