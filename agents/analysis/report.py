"""An analysis as data and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from agents.analysis.channels import ChannelReport, channel_report, channels_report
from agents.analysis.fold import Analysis
from agents.analysis.insight import Insight, insight
from agents.analysis.questions import questions
from agents.analysis.reported import ReportedReport, days_of, reported_report, spanned, totals_of
from agents.analysis.rows import RowCounts
from agents.analysis.services import ServiceReport, service_report, services_report
from agents.history.incident_json import incident_json, moment
from agents.history.questions import QuestionShape
from agents.language import Language
from agents.pages.sums import sums_of
from agents.shape import (
    CorrectedShape,
    LevelShape,
    LineCountsShape,
    ReasonsShape,
    WaitsShape,
    WitnessShape,
    corrected_shape,
    line_counts_shape,
    witness_shape,
)
from config.settings import LineDefaults
from streams.calls.call import DIVERTED, LOST, REASON_MASK, REASONS
from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.indicators.answer_rate import answer_rate, global_answer_rate
from streams.indicators.period import Period
from streams.indicators.wait import NO_WAIT, Wait
from streams.insight.line_sums import BrokenSum
from streams.insight.rates import Rates, rates
from streams.kept.times import QUARTER_MS
from streams.ledger.diversions import diversions, kept
from streams.ledger.sums import called
from streams.watch.incident import Incident
from streams.watch.office import OfficeSilence, office_ids, office_silences

D = TypeVar("D", ServiceReport, ChannelReport)
COUNTS = ("offered", "answered", "lost", "diverted", "unresolved")


class WitnessReport(WitnessShape, frozen=True, kw_only=True):
    """The counts of a line's second record, and what could not be matched in time."""

    late: int  # events that came after the match of their call was given up
    dropped: int  # calls matched too early, because too many were waiting


class LineReport(Struct, frozen=True):
    """A line's figures."""

    raw: LineCountsShape
    corrected: CorrectedShape
    definitions: Rates
    reasons: ReasonsShape
    wait: WaitsShape
    talk: Wait
    service_level: LevelShape
    insight: Insight
    witness: WitnessReport | UnsetType = UNSET
    reported: ReportedReport | UnsetType = UNSET  # only for a line counted by readings
    # What the watch had no room for; left out if zero.
    calls_unwatched: int | UnsetType = UNSET
    reviews_unapplied: int | UnsetType = UNSET

    @property
    def suspect(self) -> bool:
        """Return whether the counted figures are not believed; only `corrected` is."""
        return self.corrected.guard is not None or self.corrected.method != "none"


class ContactsReport(Struct, frozen=True):
    """The callers of an office by their last outcome, each once, whatever number of lines they reached."""

    callers: int
    answered: int
    lost: int
    diverted: int
    unresolved: int


class EventsReport(Struct, frozen=True):
    """The events of a file by result."""

    read: int
    ok: int
    duplicate: int
    late: int
    invalid: int


class SourceReport(Struct, frozen=True):
    """What a source's sequence numbers and clock show about lost events."""

    missing: int  # events that never came
    restarts: int
    clock_fell: int  # times that the clock went back by more than an hour


class Report(Struct, frozen=True):
    """An analysis, in the order of its JSON."""

    site: str
    start: str | None = field(name="from")
    end: str | None = field(name="to")
    office: ContactsReport
    lines: dict[str, LineReport]
    services: dict[str, ServiceReport]
    requests: dict[str, ChannelReport]
    incidents: list[dict[str, Any]]
    questions: list[QuestionShape]  # that a doubt asked
    samples: list[QuestionShape]  # calls drawn without a doubt
    events: EventsReport
    sources: dict[str, SourceReport]
    refused: dict[str, int]  # rows without an event, by reason
    rows: RowCounts
    aside: dict[str, int]  # what the reader counted besides its events
    sums: list[BrokenSum]  # lines that are not the sum of their parts


def alone(desks: Mapping[str, D]) -> dict[str, D]:
    """Return the services or channels without the sums of several."""
    return {name: each for name, each in desks.items() if isinstance(each.parts, UnsetType)}


def document(analysis: Analysis) -> dict[str, Any]:
    """Return the analysis in the shape of its JSON, which puts a line's insight among its other figures."""
    reported = report(analysis, silences(analysis))
    shape: dict[str, Any] = msgspec.to_builtins(reported)
    for name, figures in shape["lines"].items():
        figures.update(figures.pop("insight"), suspect=reported.lines[name].suspect)
    return shape


def report(analysis: Analysis, silent: Sequence[OfficeSilence] = (), language: Language = Language.EN) -> Report:
    """Return the report of an analysis; `silent` are the office's silences in it.

    The reasons for withheld figures are in `language`; everything else is for programs.
    """
    settings, zone = analysis.settings, ZoneInfo(analysis.settings.timezone)
    results, offices = analysis.results, office_ids(silent)
    counted = spanned(analysis.lines.values())
    return Report(
        site=settings.site,
        start=moment(analysis.start, zone),
        end=moment(analysis.end, zone),
        office=ContactsReport(*msgspec.structs.astuple(analysis.contacts())),
        lines={
            name: _line(line, settings.lines.get(name, settings.line_defaults), (zone, language), counted)
            for name, line in analysis.lines.items()
        },
        services=_services(analysis, zone, language),
        requests=_requests(analysis, zone, language),
        incidents=[
            {**incident_json(incident, zone), "office": offices.get(incident.id)}
            for incident in (*_incidents(analysis), *_of_cases(analysis))
        ],
        questions=questions(analysis.lines.values(), zone, doubts=True),
        samples=questions(analysis.lines.values(), zone, doubts=False),
        events=EventsReport(results.total(), results["ok"], results["duplicate"], results["late"], results["invalid"]),
        sources={
            name: SourceReport(source.missing, source.restarts, source.fallen)
            for name, source in analysis.sources.items()
        },
        refused=dict(analysis.refusals.counts),
        rows=analysis.row_counts(),
        aside=dict(sorted(analysis.aside.items())),
        sums=sums_of(settings, lambda: (day for line in analysis.lines.values() for day in days_of(line))),
    )


def _services(analysis: Analysis, zone: ZoneInfo, language: Language) -> dict[str, ServiceReport]:
    polled = analysis.queues.keys() | analysis.estimated
    found = {
        name: service_report(service, analysis.queues.get(name), zone, language, estimated=name in polled)
        for name, service in analysis.services.items()
    }
    for name, each in analysis.settings.sums.items():
        if each.services:
            parts = {part: analysis.services[part] for part in each.services}
            estimated = not polled.isdisjoint(parts)
            found[name] = services_report(parts, each.target_wait, zone, language, estimated=estimated)
    return found


def _requests(analysis: Analysis, zone: ZoneInfo, language: Language) -> dict[str, ChannelReport]:
    end = analysis.end or 0
    found = {name: channel_report(channel, end, zone, language) for name, channel in analysis.channels.items()}
    for name, each in analysis.settings.sums.items():
        if each.requests:
            parts = {part: analysis.channels[part] for part in each.requests}
            found[name] = channels_report(parts, end, zone, language)
    return found


def silences(analysis: Analysis) -> list[OfficeSilence]:
    """Return the silences of the office, which is open while any line that received calls is open."""
    lines = [line for line in analysis.lines.values() if line.state.offered]
    calls = called(day for line in lines for day in (*line.ledger.book.done, *line.days()))

    def opened(slot_no: int) -> bool:
        return any(line.rules.open(slot_no * QUARTER_MS) for line in lines)

    return office_silences(_incidents(analysis), lambda _first, _end: calls, opened)


def _incidents(analysis: Analysis) -> list[Incident]:
    return [incident for line in analysis.lines.values() for incident in line.state.watch.incidents]


def _of_cases(analysis: Analysis) -> list[Incident]:
    watches = [service.state.watch for service in analysis.services.values()]
    watches += [channel.state.watch for channel in analysis.channels.values()]
    return [incident for watch in watches for incident in watch.incidents]


def _line(
    line: Line, configured: LineDefaults, locale: tuple[ZoneInfo, Language], counted: Period | None
) -> LineReport:
    if line.reported is not None:
        return _totals_line(line, configured, locale, counted)
    raw, diverted_for = line.figures.counts(), _reasons(line, DIVERTED)
    total, corrected = line.figures.total(), corrected_of(line)
    diverted = diversions(diverted_for, configured.agentless_reasons)
    return LineReport(
        raw=line_counts_shape(raw, diverted),
        corrected=corrected_shape(corrected, kept(raw, diverted, corrected.counts), *locale),
        definitions=rates(line, diverted),
        reasons=ReasonsShape(_reasons(line, LOST), diverted_for),
        wait=WaitsShape(Wait.of(total.answered_waits), Wait.of(total.lost_waits)),
        talk=Wait.of(total.talks),
        service_level=LevelShape(line.rules.within / 1000, total.level_over(raw.offered)),
        insight=insight(line, configured.target),
        witness=_witness(line),
        calls_unwatched=line.state.watch.missed or UNSET,
        reviews_unapplied=line.state.watch.unapplied or UNSET,
    )


def _witness(line: Line) -> WitnessReport | UnsetType:
    if line.witness is None:
        return UNSET
    found = line.witness.figures()
    return WitnessReport(**msgspec.structs.asdict(witness_shape(found)), late=found.late, dropped=found.dropped)


def _totals_line(
    line: Line, configured: LineDefaults, locale: tuple[ZoneInfo, Language], counted: Period | None
) -> LineReport:
    """Return the figures of a line counted by readings only: waits, reasons and single calls are unknown."""
    figures = totals_of(line, configured, counted)
    raw = figures.all_raw
    return LineReport(
        raw=line_counts_shape(raw, figures.all_raw_diverted),
        corrected=corrected_shape(figures.at_any_hour, figures.all_corrected_diverted, *locale),
        definitions=Rates(
            lost_over_offered=raw.lost_rate,
            unanswered=raw.lost_rate,
            without_short=None,
            queued_only=None,
            net_callers=None,
            answer_rate=answer_rate(raw, figures.all_raw_diverted),
            global_answer_rate=global_answer_rate(raw, figures.all_raw_diverted),
        ),
        reasons=ReasonsShape({}, {}),
        wait=WaitsShape(NO_WAIT, NO_WAIT),
        talk=NO_WAIT,
        service_level=LevelShape(line.rules.within / 1000, None),
        insight=insight(line, configured.target),
        reported=reported_report(line),
        reviews_unapplied=line.state.watch.unapplied or UNSET,
    )


def _reasons(line: Line, kind: int) -> dict[str, int]:
    return {
        REASONS[outcome & REASON_MASK]: count
        for outcome, count in sorted(line.state.counts.items())
        if outcome & ~REASON_MASK == kind and count
    }
