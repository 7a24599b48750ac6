"""The figures of units for programs (docs/nation.md); what an office's document has too has the same name here.

Lengths of time are in seconds, shares are from 0 to 1, and unknown values are null.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from agents.language import Language
from agents.nation.figures import OfficeEdition
from agents.nation.scope import Scope
from agents.pages.withheld import why
from agents.shape import LineCountsShape, breach_shape, counts_shape, line_counts_shape, shaped
from agents.totals.document import Integrity, midnight
from streams.calls.counts import Counts
from streams.indicators.indicator import Figure
from streams.indicators.kinds import KINDS, IndicatorKind
from streams.rollup.desk import BookedSum, ChannelSum, MeanWait, ServiceSum
from streams.rollup.funnel import Funnel, FunnelLimits, FunnelVerdict
from streams.rollup.line import LineSum
from streams.rollup.office import ClosingSum
from streams.rollup.rate import RateSum, WithheldPart
from streams.rollup.unit import Unit, UnitKind
from streams.watch.correction import Method
from streams.watch.guard import Guard


class UnitHours(Struct, frozen=True):
    """The calls of opening hours, which the rates count."""

    raw: LineCountsShape
    corrected: LineCountsShape  # of the lines that have corrected counts; null where their sum is withheld


class UnitBounds(Struct, frozen=True):
    """The least and greatest rate that a sum could have with all withheld lines."""

    low: float
    high: float


class UnitWithheld(Struct, frozen=True, kw_only=True):
    """A line, service or channel of an office without a corrected figure, and the bounds that it sets to the sum's."""

    site: str
    line: str | UnsetType = UNSET
    service: str | UnsetType = UNSET
    channel: str | UnsetType = UNSET
    guard: str  # why it is withheld
    coverage: float
    calls: int  # as they were counted: offered calls, or the tickets or requests behind a mean
    low: float | None  # null for a mean
    high: float | None


class UnitRate(Struct, frozen=True):
    """A rate of opening hours, or a mean in the unit of its indicator, raw beside corrected."""

    raw: Figure
    corrected: Figure
    target: float | None  # null where lines have different ones
    coverage: float
    guard: str | None  # why the corrected rate is withheld
    withheld: list[UnitWithheld]
    could_be: UnitBounds | None


class UnitLine(Struct, frozen=True):
    """The calls of a line in all offices of a unit; `raw` and `corrected` include calls outside of opening hours."""

    label: str
    sites: list[str]
    silent: list[str]
    raw: LineCountsShape
    corrected: LineCountsShape
    opening_hours: UnitHours
    methods: dict[Method, int]
    lost_rate: UnitRate
    answer_rate: UnitRate
    closing: ClosingSum | None  # null if no call after closing is known


class UnitService(Struct, frozen=True):
    """The tickets of a service in all offices of a unit."""

    label: str
    sites: list[str]
    silent: list[str]
    issued: int
    served: int
    no_show: int
    cancelled: int
    transferred: int
    wait: MeanWait
    time_in_service: MeanWait
    target: float | None
    rates: dict[IndicatorKind, UnitRate]  # the mean wait in minutes
    booked: BookedSum | None  # null if no ticket names an appointment
    closing: ClosingSum | None


class UnitChannel(Struct, frozen=True):
    """The requests of a channel in all offices of a unit."""

    label: str
    sites: list[str]
    silent: list[str]
    received: int
    answered: int
    withdrawn: int
    pending: int
    overdue: int
    within_target: float | None
    mean_days: float | None
    target_days: int | None
    rates: dict[IndicatorKind, UnitRate]


class UnitPoint(Struct, frozen=True):
    """An office in a funnel."""

    site: str
    offered: int
    rate: float | None
    expected: float | None
    adjusted: float | None
    z: float | None
    verdict: FunnelVerdict | None
    outside: float | None
    guard: str | None
    silent: bool


class UnitFunnel(Struct, frozen=True):
    """The offices of a unit around its lost rate, most surely worse first."""

    rate: float | None
    between: float  # standard deviation of the offices' own rates
    compares: bool
    points: list[UnitPoint]
    limits: list[FunnelLimits]


class UnitEdition(Struct, frozen=True):
    """The last edition of an office, and whether its figures are unchanged."""

    number: int
    at: str
    same: bool


class UnitShape(Struct, frozen=True):
    """The figures of a unit."""

    kind: UnitKind
    name: str
    label: str
    region: str | None
    department: str | None
    sites: list[str]
    silent: list[str]
    all_lines: UnitLine
    lines: dict[str, UnitLine]
    counters: UnitService | None
    services: dict[str, UnitService]
    requests: dict[str, UnitChannel]
    funnel: UnitFunnel | None  # by all lines; null for an office
    edition: UnitEdition | None  # of an office; null if none was published
    integrity: Integrity


class UnitsDocument(Struct, frozen=True):
    """The figures of units over a period, the largest first."""

    start: str = field(name="from")
    end: str = field(name="to")
    period: str
    as_of: str
    provisional: bool  # the period is not over
    units: list[UnitShape]
    retired: list[str]  # sites that were not in service


def units_document(scope: Scope) -> UnitsDocument:
    zone, period = scope.zone, scope.rolled.period
    return UnitsDocument(
        start=midnight(period.first, zone),
        end=midnight(period.last + timedelta(1), zone),
        period=period.name,
        as_of=scope.rolled.today.isoformat(),
        provisional=scope.provisional,
        units=[_unit(each, scope, zone) for each in scope.units()],
        retired=scope.rolled.retired,
    )


def _unit(unit: Unit, scope: Scope, zone: ZoneInfo) -> UnitShape:
    edition, breaches = scope.edition(unit), scope.breaches(unit)
    return shaped(
        UnitShape,
        unit,
        all_lines=_line(unit.all_lines, zone),
        lines={name: _line(each, zone) for name, each in unit.lines.items()},
        counters=shaped(UnitService, unit.counters, rates=_rates(unit.counters, zone)) if unit.services else None,
        services={name: shaped(UnitService, each, rates=_rates(each, zone)) for name, each in unit.services.items()},
        requests={name: shaped(UnitChannel, each, rates=_rates(each, zone)) for name, each in unit.channels.items()},
        funnel=None if unit.kind == "site" else _funnel(unit.funnel, zone),
        edition=None if edition is None else _edition(edition, zone),
        integrity=Integrity(not breaches, [*map(breach_shape, breaches)]),
    )


def _line(line: LineSum, zone: ZoneInfo) -> UnitLine:
    answered, withheld = line.rates["answer_rate"], line.rates["lost_rate"].guard is not None
    return shaped(
        UnitLine,
        line,
        raw=line_counts_shape(line.all_calls.raw, line.all_calls.raw_diverted),
        corrected=line_counts_shape(None if withheld else line.all_calls.believed, line.all_calls.believed_diverted),
        opening_hours=UnitHours(
            _hours(line.calls.raw, answered.raw.value),
            _hours(None if withheld else line.calls.believed, answered.corrected.value),
        ),
        lost_rate=_rate("lost_rate", line.rates["lost_rate"], zone),
        answer_rate=_rate("answer_rate", answered, zone),
    )


def _hours(counts: Counts | None, answer_rate: float | None) -> LineCountsShape:
    return LineCountsShape(**msgspec.structs.asdict(counts_shape(counts)), answer_rate=answer_rate)


def _rates(desk: ServiceSum | ChannelSum, zone: ZoneInfo) -> dict[IndicatorKind, UnitRate]:
    return {kind: _rate(kind, rate, zone) for kind, rate in desk.rates.items()}


def _rate(kind: IndicatorKind, rate: RateSum, zone: ZoneInfo) -> UnitRate:
    of = KINDS[kind].subject

    def named(part: WithheldPart) -> dict[str, str | UnsetType]:
        return {name: part.desk if name == of else UNSET for name in ("line", "service", "channel")}

    return shaped(
        UnitRate,
        rate,
        guard=_why(rate.guard, rate.coverage, zone),
        withheld=[
            shaped(UnitWithheld, each, guard=_why(each.guard, each.coverage, zone), **named(each))
            for each in rate.withheld
        ],
        could_be=None if rate.could_be is None else UnitBounds(*rate.could_be),
    )


def _why(guard: Guard | None, coverage: float, zone: ZoneInfo) -> str | None:
    return None if guard is None else why(guard, coverage, zone, Language.EN)


def _funnel(funnel: Funnel, zone: ZoneInfo) -> UnitFunnel:
    points = [shaped(UnitPoint, each, guard=_why(each.guard, 0.0, zone)) for each in funnel.points]
    return shaped(UnitFunnel, funnel, points=points, limits=funnel.limits())


def _edition(edition: OfficeEdition, zone: ZoneInfo) -> UnitEdition | None:
    if edition.number is None or edition.at is None:
        return None
    at = datetime.fromtimestamp(edition.at / 1000, zone).isoformat(timespec="seconds")
    return UnitEdition(edition.number, at, edition.same)
