"""An indicator: one raw and corrected figure of a year, with everything needed to trace it."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict, Unpack

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from streams.figures.mean import CorrectedMean
from streams.indicators.breaks import Break
from streams.indicators.channel import ChannelTotals
from streams.indicators.kinds import (
    KINDS,
    OF_CALLS,
    OF_REQUESTS,
    OF_TICKETS,
    Bounds,
    IndicatorKind,
    IndicatorUnit,
    SubjectKind,
)
from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.indicators.plan import LeadingRate
from streams.indicators.service import ServiceTotals
from streams.indicators.survey import Share
from streams.watch.correction import Method
from streams.watch.guard import Guard

DayKind: TypeAlias = Literal["working", "calendar"]
# SDMX CL_OBS_STATUS: normal, provisional, of low reliability, estimated, suppressed, break in the series.
ObservationStatus: TypeAlias = Literal["A", "P", "U", "E", "Q", "B"]


class Figure(Struct, frozen=True):
    """A value and its parts: lost of offered, answered in time of received, days over answered."""

    value: float | None  # None if nothing was counted or too little is left
    part: int | None  # numerator
    whole: int | None  # denominator
    low: float | None = None  # bound of the 95 % interval, if the value is a share that has one
    high: float | None = None  # upper bound
    met: bool | None = None  # reaches its target; None where either is unknown
    status: ObservationStatus = "A"


class Compared(Struct, frozen=True):
    """The same indicator in another period."""

    period: Period  # the other period
    counted: Period  # its counted days
    whole: bool  # all its open days were counted
    raw: float | None
    corrected: float | None


class Indicator(Struct, kw_only=True):
    """An indicator of a line, a service, a channel or a survey question."""

    id: str  # kind:subject
    kind: IndicatorKind
    subject: str  # short id of the line, service or channel, or the question
    label: str
    unit: IndicatorUnit
    raw: Figure
    corrected: Figure
    target: float | None = None  # in the indicator's unit
    limit: int | None = None  # of a delay: the number of days that is in time
    days: DayKind | None = None  # of a delay: the kind of days
    method: Method = "none"  # how the corrected figure was obtained
    coverage: float = 1.0  # share of the open slots behind the corrected figure
    counted: Period | None = None  # the counted days; None if there were none
    incidents: list[str] = []  # ids of the incidents behind it
    guard: Guard | None = None  # why the corrected figure is withheld
    compared: list[Compared] = []  # other periods: a year before, a year after, the one before
    breaks: list[Break] = []  # changes of the definition in the period
    unstamped: int = 0  # days without a definition, if others have one
    parts: tuple[str, ...] | UnsetType = UNSET  # of a sum: the short ids of its services or channels

    @property
    def of(self) -> SubjectKind:
        return KINDS[self.kind].subject

    @property
    def rises(self) -> bool:
        """Return whether a higher value is better."""
        return KINDS[self.kind].rises

    @property
    def at_least(self) -> bool:
        """Return whether its target is a minimum. Other targets are maxima."""
        return self.rises and self.target is not None

    @property
    def principal(self) -> bool:
        """Return whether the general remarks about its line are shown beside it."""
        return KINDS[self.kind].principal

    @property
    def flips(self) -> bool:
        """Return whether the target is met by only one of the raw and the corrected figure."""
        return None not in {self.raw.met, self.corrected.met} and self.raw.met != self.corrected.met

    @property
    def before(self) -> Compared | None:
        """The figures of the year before, otherwise of the period before, or None if neither was counted."""
        counted = self.counted
        return next((each for each in self.compared if counted and each.counted.last < counted.first), None)

    @property
    def after(self) -> Compared | None:
        """The figures of the year after, or None if that year was not counted."""
        counted = self.counted
        return next((each for each in self.compared if counted and each.counted.first > counted.last), None)


class MoreFields(TypedDict, total=False):
    """The fields that only some kinds of indicators have."""

    target: float | None
    limit: int | None
    days: DayKind | None
    method: Method
    coverage: float
    incidents: list[str]
    guard: Guard | None
    parts: tuple[str, ...] | UnsetType


def indicator(
    kind: IndicatorKind,
    subject: str,
    label: str,
    raw: Figure,
    corrected: Figure | None = None,
    **more: Unpack[MoreFields],
) -> Indicator:
    """Return an indicator of a kind. By default its corrected figure is the raw one."""
    return Indicator(
        id=f"{kind}:{subject}",
        kind=kind,
        subject=subject,
        label=label,
        unit=KINDS[kind].unit,
        raw=raw,
        corrected=corrected or raw,
        **more,
    )


def of_line(
    name: str, line: LineTotals, standing: ObservationStatus, leads: LeadingRate = "lost_rate"
) -> list[Indicator]:
    """Return a line's rates, the leading one first; `standing` is the period's own status."""
    return [_of_line(kind, name, line, standing) for kind in sorted(OF_CALLS, key=lambda kind: kind != leads)]


def _of_line(kind: IndicatorKind, name: str, line: LineTotals, standing: ObservationStatus) -> Indicator:
    made, counts, diverted = OF_CALLS[kind], line.corrected, line.corrected_diverted
    target, parts = made.target(line.plan), made.parts(line.raw if counts is None else counts, diverted)
    unexplained = parts[1] is None  # then it is unknown which calls the rate includes
    raw = _figure(kind, made.parts(line.raw, line.raw_diverted), target, _raw(line, standing))
    corrected = _figure(
        kind,
        (None, None) if counts is None or unexplained else parts,
        target,
        "Q" if unexplained else _corrected(line, standing),
        made.bounds(counts, diverted, (line.low, line.high)),
    )
    return indicator(
        kind,
        name,
        line.plan.label,
        raw,
        corrected,
        target=target,
        method=line.method,
        coverage=line.coverage,
        incidents=line.incidents,
        guard=Guard("diversions") if line.guard is None and unexplained else line.guard,
    )


def _figure(
    kind: IndicatorKind,
    parts: tuple[int | None, int | None],
    target: float | None,
    status: ObservationStatus,
    bounds: Bounds = (None, None),
) -> Figure:
    part, whole = parts
    value = None if part is None or not whole else part / whole
    return Figure(value, part, whole, *bounds, met=is_met(kind, value, target), status=status)


def of_service(name: str, service: ServiceTotals, standing: ObservationStatus) -> list[Indicator]:
    """Return a service's means, in minutes."""
    means = service.means
    found = []
    for kind, made in OF_TICKETS.items():
        wait, target = made.waits(service), minutes(made.target(service.plan))
        mean = minutes(wait.mean)
        raw = Figure(mean, None, wait.count, met=is_met(kind, mean, target), status=standing)
        of = None if means is None else made.corrected(means)
        plan = service.plan
        found.append(_of_cases(kind, name, plan.label, raw, of, target=target, parts=plan.parts or UNSET))
    return found


def of_channel(name: str, channel: ChannelTotals, standing: ObservationStatus) -> list[Indicator]:
    """Return a channel's figures. Some of these exist only with a target."""
    plan, means, found = channel.plan, channel.means, []
    for kind, made in OF_REQUESTS.items():
        if plan.target_days is None and made.aimed:
            continue
        raw = _figure(kind, made.parts(channel), None, standing)
        of = None if means is None else made.corrected(means)
        more = MoreFields(limit=plan.target_days, days=plan.days, parts=plan.parts or UNSET)
        found.append(_of_cases(kind, name, plan.label, raw, of, **more))
    return found


def _of_cases(
    kind: IndicatorKind,
    name: str,
    label: str,
    raw: Figure,
    mean: CorrectedMean | None,
    **more: Unpack[MoreFields],
) -> Indicator:
    """Return an indicator of a service or a channel; `mean` is its corrected value, in s, days or as a share."""
    if mean is None or (mean.method == "none" and not mean.incidents):
        return indicator(kind, name, label, raw, **more)
    of_time = KINDS[kind].unit == "minutes"
    value, low, high = (minutes(each) if of_time else each for each in (mean.value, mean.low, mean.high))
    suspect = mean.undecided or mean.method != "none"
    corrected = Figure(
        value,
        None if of_time or value is None else round(mean.total),
        None if value is None else mean.number,
        low,
        high,
        is_met(kind, value, more.get("target")),
        _status(mean.method, raw.status, undecided=mean.undecided),
    )
    more |= MoreFields(method=mean.method, coverage=mean.coverage, incidents=mean.incidents, guard=mean.guard)
    return indicator(kind, name, label, replace(raw, status="U") if suspect else raw, corrected, **more)


def of_share(share: Share) -> Indicator:
    """Return the share of satisfied answers to one survey question."""
    figure = Figure(share.share, share.satisfied, share.answers, share.low, share.high)
    return indicator("satisfaction", share.question, share.question, figure)


def minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def is_met(kind: IndicatorKind, value: float | None, target: float | None) -> bool | None:
    """Return whether a value reaches its target, or stays below it; None if either is unknown."""
    if value is None or target is None:
        return None
    return value >= target if KINDS[kind].rises else value < target


def _raw(line: LineTotals, standing: ObservationStatus) -> ObservationStatus:
    return "U" if line.undecided or line.in_quarantine > 0 or line.guard is not None else standing


def _corrected(line: LineTotals, standing: ObservationStatus) -> ObservationStatus:
    return _status("unavailable" if line.corrected is None else line.method, standing, undecided=line.undecided)


def _status(method: Method, standing: ObservationStatus, *, undecided: bool) -> ObservationStatus:
    """Return the status of a corrected figure; `standing` is the period's own."""
    if method == "unavailable":
        return "Q"
    if undecided:
        return "U"
    return "E" if standing in {"A", "B"} and method in {"exclude", "impute", "sample"} else standing
