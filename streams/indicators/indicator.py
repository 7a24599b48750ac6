"""An indicator: one figure of a year, raw beside corrected, with all that is needed to trace it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from streams.indicators.channel import ChannelTotals
from streams.indicators.line import LineTotals, Method
from streams.indicators.period import Period
from streams.indicators.service import ServiceTotals
from streams.indicators.wait import Wait
from streams.insight.survey import Share

Kind: TypeAlias = Literal["lost_rate", "within_target", "mean_days", "wait", "time_in_service", "satisfaction"]
Unit: TypeAlias = Literal["share", "days", "minutes"]
# SDMX CL_OBS_STATUS: normal, provisional, of low reliability, estimated, suppressed, break in the series.
Status: TypeAlias = Literal["A", "P", "U", "E", "Q", "B"]


class Figure(Struct, frozen=True):
    """Hold a value, None where nothing was counted or too little is left, with its 95 % interval where it is a share.

    It is `part` of `whole`: lost of offered, answered in time of received, days over answered. `met` tells whether it
    stays below its target, None where either is unknown.
    """

    value: float | None
    part: int | None
    whole: int | None
    low: float | None = None
    high: float | None = None
    met: bool | None = None
    status: Status = "A"


class Compared(Struct, frozen=True):
    """Hold the same indicator of another year, over the days of it that were counted: all open ones, if `whole`."""

    period: Period
    counted: Period
    whole: bool
    raw: float | None
    corrected: float | None


class Indicator(Struct, kw_only=True):
    """Hold an indicator of a line, service, channel or survey question: its `subject`, labelled.

    `target` is in its unit, `days` and `limit` say of a delay in which days it is counted and how many are in time.
    `counted` are the days it is about, None where there were none; `incidents` are the ids of those behind it.
    """

    id: str
    kind: Kind
    subject: str
    label: str
    unit: Unit
    raw: Figure
    corrected: Figure
    target: float | None = None
    limit: int | None = None
    days: Literal["working", "calendar"] | None = None
    method: Method = "none"
    coverage: float = 1.0
    counted: Period | None = None
    incidents: list[str] = []
    compared: list[Compared] = []

    @property
    def flips(self) -> bool:
        """Tell whether the miscount decides on whether the target is reached."""
        return None not in {self.raw.met, self.corrected.met} and self.raw.met != self.corrected.met

    @property
    def before(self) -> Compared | None:
        """Return the same of the year before, where that was counted."""
        counted = self.counted
        return next((each for each in self.compared if counted and each.counted.last < counted.first), None)

    @property
    def after(self) -> Compared | None:
        """Return the same of the year after, where that is counted."""
        counted = self.counted
        return next((each for each in self.compared if counted and each.counted.first > counted.last), None)


def of_line(name: str, line: LineTotals, standing: Status) -> Indicator:
    """Return a line's lost rate; `standing` is the status of the period itself."""
    plan, raw, corrected = line.plan, line.raw, line.corrected
    suspect = line.undecided or line.in_quarantine > 0
    rate = None if corrected is None else corrected.lost_rate
    return Indicator(
        id=f"lost_rate:{name}",
        kind="lost_rate",
        subject=name,
        label=plan.label,
        unit="share",
        target=plan.target,
        raw=Figure(
            raw.lost_rate,
            raw.lost,
            raw.offered,
            met=_met(raw.lost_rate, plan.target),
            status="U" if suspect else standing,
        ),
        corrected=Figure(
            rate,
            None if corrected is None else corrected.lost,
            None if corrected is None else corrected.offered,
            line.low,
            line.high,
            _met(rate, plan.target),
            _corrected(line, standing),
        ),
        method=line.method,
        coverage=line.coverage,
        incidents=line.incidents,
    )


def of_service(name: str, service: ServiceTotals, standing: Status) -> list[Indicator]:
    """Return a service's mean wait and mean time at the counter, in minutes."""
    target = service.plan.target_wait

    def indicator(kind: Kind, wait: Wait, target: float | None) -> Indicator:
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


def of_channel(name: str, channel: ChannelTotals, standing: Status) -> list[Indicator]:
    """Return a channel's share answered in time, where it has a target, and its mean delay in days."""
    plan = channel.plan
    delay = Figure(channel.mean_days, channel.days, channel.answered, status=standing)
    in_time = Figure(channel.within_target, channel.within, channel.received, status=standing)
    found = [_of_channel(name, channel, "mean_days", "days", delay)]
    if plan.target_days is not None:
        found.insert(0, _of_channel(name, channel, "within_target", "share", in_time))
    return found


def _of_channel(name: str, channel: ChannelTotals, kind: Kind, unit: Unit, figure: Figure) -> Indicator:
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
    """Return a survey question's share of the satisfied."""
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


def _corrected(line: LineTotals, standing: Status) -> Status:
    """Return the status of a line's corrected rate."""
    if line.corrected is None:
        return "Q"
    if line.undecided:
        return "U"
    return "E" if standing in {"A", "B"} and line.method in {"exclude", "impute"} else standing
