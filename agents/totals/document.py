"""A year's figures for programs, in the shape of `tocsin analyze --json`, and every indicator with its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from agents import shape
from agents.history.incident_json import incident_json, moment
from agents.language import Language
from agents.pages import sheets
from agents.pages.breaks import broke
from agents.pages.withheld import why
from agents.translation import Words
from streams.calls.definition import LineDefinition
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.answer_rate import answer_rate, global_answer_rate
from streams.indicators.breaks import Break, Definition
from streams.indicators.channel import ChannelMonth, ChannelTotals
from streams.indicators.closing import ClosingTime
from streams.indicators.indicator import Compared, Figure, Indicator
from streams.indicators.kinds import IndicatorKind, IndicatorUnit
from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.indicators.service import ServiceTotals
from streams.indicators.stretch import LineStretch
from streams.indicators.vintage import Vintage
from streams.insight.line_sums import BrokenSum
from streams.insight.rates import Rates
from streams.ledger.reasons import CallReasons
from streams.watch.correction import Method
from streams.watch.office import office_ids


class DocumentVintage(Struct, frozen=True):
    """The vintage that has these figures."""

    number: int
    at: str | None
    digest: str


class Integrity(Struct, frozen=True):
    """Whether days, decisions and vintages are unaltered, and the breaches if they are not."""

    holds: bool
    breaches: list[shape.BreachShape]


class OpeningHours(Struct, frozen=True):
    """A line's calls in opening hours, which the indicators count."""

    raw: shape.LineCountsShape
    corrected: shape.LineCountsShape
    slots: int


class DocumentBreak(Struct, frozen=True):
    """A change of the definition by which something is counted."""

    day: str  # the first one counted by the new definition (ISO 8601)
    mixed: bool  # that day holds both
    before: Definition
    after: Definition
    says: str
    says_en: str


class DocumentLine(Struct, frozen=True):
    """A line's figures; `raw` and `corrected` cover all its calls."""

    raw: shape.LineCountsShape
    corrected: shape.CorrectedShape
    opening_hours: OpeningHours
    definitions: Rates
    reasons: shape.ReasonsShape | None  # of raw; None for a vintage, which has none
    wait: shape.WaitsShape
    service_level: shape.LevelShape
    months: list[LineStretch]
    weeks: list[LineStretch]
    closings: list[ClosingTime]  # calls around each closing time, in days without a fault
    called_again: shape.RepeatsShape | None  # answered callers, within half an hour; None if none is known
    counted_by: list[LineDefinition]  # by the days that name one; several if the definition changed
    witness: shape.WitnessShape | UnsetType = UNSET  # the line's second record


class DocumentChannel(shape.ChannelShape, frozen=True):
    """A channel's figures, and its months; a vintage of an earlier version has no corrected ones."""

    months: list[ChannelMonth]
    raw: shape.ChannelFigures
    corrected: shape.CorrectedChannel | None


class Days(Struct, frozen=True):
    """The first and last day of a period, both included (ISO 8601)."""

    first: str = field(name="from")
    last: str = field(name="to")


class DocumentCompared(Struct, frozen=True):
    """The same indicator in another year."""

    period: str
    counted: Days | None
    whole: bool  # all its open days were counted
    raw: float | None
    corrected: float | None


class DocumentIndicator(Struct, frozen=True):
    """An indicator, with its sources."""

    id: str
    kind: IndicatorKind
    subject: str
    label: str
    label_en: str
    unit: IndicatorUnit
    target: float | None
    raw: Figure
    corrected: Figure
    flips: bool  # the miscount decides on whether the target is met
    coverage: float
    method: Method
    guard: str | None  # why the corrected figure is withheld
    counted: Days | None
    incidents: list[str]  # ids of those behind it
    compared: list[DocumentCompared]
    breaks: list[DocumentBreak]  # changes of the definition in the period
    unstamped: int  # days that name no definition, where others do
    parts: tuple[str, ...] | UnsetType = UNSET  # of a sum: the short ids of its services or channels


class Document(Struct, frozen=True):
    """All figures of a period, in the order of the JSON."""

    site: str
    start: str = field(name="from")
    end: str = field(name="to")
    period: str
    as_of: str
    vintage: DocumentVintage | None
    lines: dict[str, DocumentLine]
    services: dict[str, dict[str, Any]]
    requests: dict[str, DocumentChannel]
    survey: list[dict[str, Any]]
    indicators: list[DocumentIndicator]
    incidents: list[dict[str, Any]]
    integrity: Integrity
    sums: list[BrokenSum]  # lines that are not the sum of their parts


def document(
    annual: Annual,
    zone: ZoneInfo,
    vintage: Vintage | None = None,
    breaches: Sequence[Breach] = (),
    sums: Sequence[BrokenSum] = (),
    reasons: Mapping[str, CallReasons] | None = None,
) -> Document:
    """Return all figures, in seconds, in days or as shares from 0 to 1; unknown ones are null.

    `vintage` is the edition that has these figures; `reasons` has, by line, why calls were lost or diverted, if known.
    """
    known = reasons or {}
    offices = office_ids(annual.silences)
    return Document(
        site=annual.site,
        start=midnight(annual.period.first, zone),
        end=midnight(annual.period.last + timedelta(1), zone),
        period=annual.period.name,
        as_of=annual.today.isoformat(),
        vintage=None if vintage is None else DocumentVintage(vintage.number, moment(vintage.at, zone), vintage.digest),
        lines={name: _line(line, zone, known.get(name)) for name, line in annual.lines.items()},
        services={name: _service(service, zone) for name, service in annual.services.items()},
        requests={name: _channel(channel, zone) for name, channel in annual.channels.items()},
        survey=shape.survey_shape(annual.shares, annual.breakdowns or []),
        indicators=[_indicator(each, zone) for each in annual.indicators],
        incidents=[{**incident_json(each, zone), "office": offices.get(each.id)} for each in annual.incidents],
        integrity=Integrity(not breaches, [*map(shape.breach_shape, breaches)]),
        sums=list(sums),
    )


def midnight(day: date, zone: ZoneInfo) -> str:
    """Return the first moment of a day (RFC 3339)."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).isoformat(timespec="seconds")


def _line(line: LineTotals, zone: ZoneInfo, reasons: CallReasons | None) -> DocumentLine:
    raw = line.all_raw
    short = None if reasons is None else reasons.short
    if not short and raw.lost and not line.lost_wait.count:
        short = None  # no wait of a lost call is known
    return DocumentLine(
        raw=shape.line_counts_shape(raw, line.all_raw_diverted),
        corrected=shape.corrected_shape(line.at_any_hour, line.all_corrected_diverted, zone),
        opening_hours=OpeningHours(
            shape.line_counts_shape(line.raw, line.raw_diverted),
            shape.line_counts_shape(line.corrected, line.corrected_diverted),
            line.slots,
        ),
        definitions=Rates(
            lost_over_offered=raw.lost_rate,
            unanswered=(raw.offered - raw.answered) / raw.offered if raw.offered else None,
            without_short=None if short is None or raw.offered == short else (raw.lost - short) / (raw.offered - short),
            queued_only=None,  # this and the next rate need single calls, which the ledger lacks
            net_callers=None,
            answer_rate=answer_rate(raw, line.all_raw_diverted),
            global_answer_rate=global_answer_rate(raw, line.all_raw_diverted),
        ),
        reasons=None if reasons is None else _reasons(reasons),
        wait=shape.WaitsShape(line.answered_wait, line.lost_wait),
        service_level=shape.LevelShape(line.answer_limit or line.plan.within, line.service_level),
        months=line.months,
        weeks=line.weeks,
        closings=line.closings,
        called_again=shape.repeats_shape(line.repeats),
        counted_by=line.definitions,
        witness=UNSET if line.witness is None else shape.witness_shape(line.witness),
    )


def _reasons(reasons: CallReasons) -> shape.ReasonsShape:
    return shape.ReasonsShape(*(dict(sorted(part.items())) for part in (reasons.lost, reasons.diverted)))


def _service(service: ServiceTotals, zone: ZoneInfo) -> dict[str, Any]:
    figures: dict[str, Any] = msgspec.to_builtins(service)
    del figures["plan"], figures["means"]
    raw = shape.ServiceFigures(service.wait.mean, service.time_in_service.mean, service.no_show)
    corrected = None if service.means is None else shape.corrected_service(service.means, zone)
    return {**figures, "raw": msgspec.to_builtins(raw), "corrected": msgspec.to_builtins(corrected)}


def _channel(channel: ChannelTotals, zone: ZoneInfo) -> DocumentChannel:
    return shape.channel_shape(
        DocumentChannel,
        received=channel.received,
        answered=channel.answered,
        in_time=channel.within,
        delays=channel.days,
        withdrawn=channel.withdrawn,
        pending=channel.pending,
        overdue=channel.overdue,
        target_days=channel.plan.target_days,
        days=channel.plan.days,
        months=channel.months,
        raw=shape.ChannelFigures(channel.within_target, channel.mean_days),
        corrected=None if channel.means is None else shape.corrected_channel(channel.means, zone),
    )


def _indicator(indicator: Indicator, zone: ZoneInfo) -> DocumentIndicator:
    french, title = Words(Language.FR), sheets.title(indicator)
    return shape.shaped(
        DocumentIndicator,
        indicator,
        label=f"{french(title)}{french.colon}{indicator.label}",
        label_en=f"{title}: {indicator.label}",
        guard=None if indicator.guard is None else why(indicator.guard, indicator.coverage, zone, Language.EN),
        counted=_days(indicator.counted),
        compared=[_compared(each) for each in indicator.compared],
        breaks=[_break(each) for each in indicator.breaks],
    )


def _break(change: Break) -> DocumentBreak:
    french, english = (broke(change, language) for language in (Language.FR, Language.EN))
    return shape.shaped(DocumentBreak, change, day=change.day.isoformat(), says=french, says_en=english)


def _days(period: Period | None) -> Days | None:
    return None if period is None else Days(period.first.isoformat(), period.last.isoformat())


def _compared(other: Compared) -> DocumentCompared:
    return shape.shaped(DocumentCompared, other, period=other.period.name, counted=_days(other.counted))
