"""An indicator: one figure of a year, raw beside corrected, with all that is needed to trace it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from streams.indicators.answer_rate import answer_rate, required
from streams.indicators.breaks import Break
from streams.indicators.channel import ChannelTotals
from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.indicators.plan import LeadingRate
from streams.indicators.service import ServiceTotals
from streams.indicators.survey import Share
from streams.indicators.wait import Wait
from streams.watch.correction import Method
from streams.watch.guard import Guard

IndicatorKind: TypeAlias = Literal[
    "lost_rate", "answer_rate", "within_target", "mean_days", "wait", "time_in_service", "satisfaction"
]
IndicatorUnit: TypeAlias = Literal["share", "days", "minutes"]
# SDMX CL_OBS_STATUS: normal, provisional, of low reliability, estimated, suppressed, break in the series.
ObservationStatus: TypeAlias = Literal["A", "P", "U", "E", "Q", "B"]


class Figure(Struct, frozen=True):
    """Hold a value, and what it is made of: lost of offered, answered in time of received, days over answered."""

    value: float | None  # None where nothing was counted or too little is left
    part: int | None  # numerator
    whole: int | None  # denominator
    low: float | None = None  # of the 95 % interval, where the value is a share that has one
    high: float | None = None  # the same
    met: bool | None = None  # reaches its target; None where either is unknown
    status: ObservationStatus = "A"


class Compared(Struct, frozen=True):
    """Hold the same indicator of another period."""

    period: Period  # the other one
    counted: Period  # the days of it that were counted
    whole: bool  # every open day of it was counted
    raw: float | None
    corrected: float | None


class Indicator(Struct, kw_only=True):
    """Hold an indicator of a line, a service, a channel or a survey question."""

    id: str  # kind:subject
    kind: IndicatorKind
    subject: str  # short id of the line, service or channel, or the question
    label: str
    unit: IndicatorUnit
    raw: Figure
    corrected: Figure
    target: float | None = None  # in the indicator's unit
    limit: int | None = None  # of a delay: how many days are in time
    days: Literal["working", "calendar"] | None = None  # of a delay: which days count
    method: Method = "none"  # how corrected came about
    coverage: float = 1.0  # share of the open slots that corrected stands on
    counted: Period | None = None  # the days that were counted; None where there were none
    incidents: list[str] = []  # ids of those behind it
    guard: Guard | None = None  # why corrected is withheld
    compared: list[Compared] = []  # other periods: a year before, a year after, the one before
    breaks: list[Break] = []  # changes of the definition in the period
    unstamped: int = 0  # days that name no definition, where others do

    @property
    def at_least(self) -> bool:
        """Tell whether it has to reach its target; any other has to stay below."""
        return self.kind == "answer_rate"

    @property
    def flips(self) -> bool:
        """Tell whether the miscount decides whether the target is met."""
        return None not in {self.raw.met, self.corrected.met} and self.raw.met != self.corrected.met

    @property
    def before(self) -> Compared | None:
        """Return the figures of a year before, else of the period before; None where neither was counted."""
        counted = self.counted
        return next((each for each in self.compared if counted and each.counted.last < counted.first), None)

    @property
    def after(self) -> Compared | None:
        """Return the figures of a year after, or None where it was not counted."""
        counted = self.counted
        return next((each for each in self.compared if counted and each.counted.first > counted.last), None)


def of_line(
    name: str, line: LineTotals, standing: ObservationStatus, leads: LeadingRate = "lost_rate"
) -> list[Indicator]:
    """Return a line's lost rate and answer rate, the one that leads first; `standing` is the period's own status."""
    found = [_lost_rate(name, line, standing), _answer_rate(name, line, standing)]
    return found if leads == "lost_rate" else found[::-1]


def _lost_rate(name: str, line: LineTotals, standing: ObservationStatus) -> Indicator:
    target, raw, corrected = line.plan.target, line.raw, line.corrected
    rate = None if corrected is None else corrected.lost_rate
    counted = Figure(raw.lost_rate, raw.lost, raw.offered, met=_met(raw.lost_rate, target), status=_raw(line, standing))
    believed = Figure(
        rate,
        None if corrected is None else corrected.lost,
        None if corrected is None else corrected.offered,
        line.low,
        line.high,
        _met(rate, target),
        _corrected(line, standing),
    )
    return _rate("lost_rate", name, line, target, counted, believed, line.guard)


def _answer_rate(name: str, line: LineTotals, standing: ObservationStatus) -> Indicator:
    target, raw, corrected = line.plan.answer_target, line.raw, line.corrected
    diverted, told = line.raw_diverted, line.corrected_diverted
    asked, was = required(raw, diverted), answer_rate(raw, diverted)
    rate = None if corrected is None else answer_rate(corrected, told)
    counted = Figure(was, raw.answered, asked, met=_reached(was, target), status=_raw(line, standing))
    believed = Figure(
        rate,
        None if corrected is None or told.unexplained else corrected.answered,
        None if corrected is None else required(corrected, told),
        *_answered_between(line),
        _reached(rate, target),
        "Q" if told.unexplained else _corrected(line, standing),
    )
    guard = Guard("diversions") if line.guard is None and told.unexplained else line.guard
    return _rate("answer_rate", name, line, target, counted, believed, guard)


def _rate(
    kind: IndicatorKind,
    name: str,
    line: LineTotals,
    target: float | None,
    counted: Figure,
    believed: Figure,
    guard: Guard | None,
) -> Indicator:
    return Indicator(
        id=f"{kind}:{name}",
        kind=kind,
        subject=name,
        label=line.plan.label,
        unit="share",
        target=target,
        raw=counted,
        corrected=believed,
        method=line.method,
        coverage=line.coverage,
        incidents=line.incidents,
        guard=guard,
    )


def _answered_between(line: LineTotals) -> tuple[float | None, float | None]:
    """Return the 95 % interval of the answer rate: that of the lost rate, with every other call as it was counted."""
    counts, low, high = line.corrected, line.low, line.high
    asked = None if counts is None else required(counts, line.corrected_diverted)
    if counts is None or not asked or low is None or high is None:
        return None, None
    others = asked - counts.answered - counts.lost  # ended otherwise, without an agent
    least, most = (1 - (others + bound * counts.offered) / asked for bound in (high, low))
    return max(0.0, least), min(1.0, most)


def of_service(name: str, service: ServiceTotals, standing: ObservationStatus) -> list[Indicator]:
    """Return a service's mean wait and mean time at the counter, in minutes."""
    target = service.plan.target_wait

    def indicator(kind: IndicatorKind, wait: Wait, target: float | None) -> Indicator:
        minutes = None if wait.mean is None else wait.mean / 60
        figure = Figure(minutes, None, wait.count, met=_met(minutes, target), status=standing)
        return Indicator(
            id=f"{kind}:{name}",
            kind=kind,
            subject=name,
            label=service.plan.label,
            unit="minutes",
            target=target,
            raw=figure,
            corrected=figure,
        )

    return [
        indicator("wait", service.wait, None if target is None else target / 60),
        indicator("time_in_service", service.time_in_service, None),
    ]


def of_channel(name: str, channel: ChannelTotals, standing: ObservationStatus) -> list[Indicator]:
    """Return a channel's mean delay in days, and before it the share answered in time where it has a target."""
    plan = channel.plan
    delay = Figure(channel.mean_days, channel.days, channel.answered, status=standing)
    in_time = Figure(channel.within_target, channel.within, channel.received, status=standing)
    indicators = [_of_channel(name, channel, "mean_days", "days", delay)]
    if plan.target_days is not None:
        indicators.insert(0, _of_channel(name, channel, "within_target", "share", in_time))
    return indicators


def _of_channel(
    name: str, channel: ChannelTotals, kind: IndicatorKind, unit: IndicatorUnit, figure: Figure
) -> Indicator:
    return Indicator(
        id=f"{kind}:{name}",
        kind=kind,
        subject=name,
        label=channel.plan.label,
        unit=unit,
        limit=channel.plan.target_days,
        days=channel.plan.days,
        raw=figure,
        corrected=figure,
    )


def of_share(share: Share) -> Indicator:
    """Return the share that is satisfied, of one survey question."""
    figure = Figure(share.share, share.satisfied, share.answers, share.low, share.high)
    return Indicator(
        id=f"satisfaction:{share.question}",
        kind="satisfaction",
        subject=share.question,
        label=share.question,
        unit="share",
        raw=figure,
        corrected=figure,
    )


def _met(value: float | None, target: float | None) -> bool | None:
    return None if value is None or target is None else value < target


def _reached(value: float | None, target: float | None) -> bool | None:
    return None if value is None or target is None else value >= target


def _raw(line: LineTotals, standing: ObservationStatus) -> ObservationStatus:
    """Return the status of a line's raw rates."""
    return "U" if line.undecided or line.in_quarantine > 0 or line.guard is not None else standing


def _corrected(line: LineTotals, standing: ObservationStatus) -> ObservationStatus:
    """Return the status of a line's corrected rates."""
    if line.corrected is None:
        return "Q"
    if line.undecided:
        return "U"
    return "E" if standing in {"A", "B"} and line.method in {"exclude", "impute"} else standing
