"""An analysis as tables and sentences: in short, or in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from zoneinfo import ZoneInfo

from msgspec import UnsetType, structs
from rich.console import Console

from agents.analysis.fold import Analysis
from agents.analysis.insight import show_insight
from agents.analysis.report import COUNTS, LineReport, Report, report, silences
from agents.analysis.reported import ReportedReport
from agents.analysis.rows import RowCounts
from agents.analysis.summary import show_summary
from agents.analysis.written import SUSPECT, percent, seconds
from agents.history.incident_schema import IncidentJson, desk_in
from agents.history.incident_words import says, standing, what
from agents.history.office import gathered_json
from agents.pages.words import METHODS, REASONS, head
from agents.sources.aside import sentences
from agents.table import PrintedTable
from agents.translation import counted, labelled, semicolon, spoken_language, text


def show(analysis: Analysis, console: Console, *, full: bool) -> None:
    """Print the analysis: in short, or in full."""
    silent = silences(analysis)
    shown = report(analysis, silent, spoken_language())
    incidents = gathered_json(shown.incidents, silent, ZoneInfo(analysis.settings.timezone))
    show_summary(analysis, shown, incidents, console)
    if full:
        _show_details(analysis, shown, incidents, console)
    else:
        console.print(text("--full prints counts, waits, reasons, callers, staff and rows."), style="dim")


def _show_details(analysis: Analysis, shown: Report, incidents: Sequence[IncidentJson], console: Console) -> None:
    """Print what the summary leaves out."""
    lines = {name: line for name, line in shown.lines.items() if line.raw.offered}
    console.print()
    if lines:
        console.print(_counts_table(lines))
    for name, line in lines.items():
        _show_line(name, line, console)
    for incident in incidents:
        console.print(
            text(
                "{line}: {what}, {start} to {end} ({standing}); {evidence}",
                line=desk_in(incident).name,
                what=what(incident),
                start=incident["from"],
                end=incident["to"],
                standing=standing(incident),
                evidence=semicolon().join(map(says, incident["evidence"])),
            ),
            style="yellow",
            markup=False,
        )
    events = shown.events
    console.print(
        text(
            "events: {read} read, {ok} ok, {duplicate} duplicate, {late} late, {invalid} invalid",
            read=events.read,
            ok=events.ok,
            duplicate=events.duplicate,
            late=events.late,
            invalid=events.invalid,
        )
    )
    console.print(_rows(shown.rows), markup=False)
    for sentence in chain(sentences(analysis.aside), analysis.refusals.sentences()):
        console.print(sentence, style="yellow", markup=False)


def _counts_table(lines: Mapping[str, LineReport]) -> PrintedTable:
    table = PrintedTable(text("as counted:"))
    table.words(text("line"))
    table.figures(*(head(kind, spoken_language()) for kind in COUNTS))
    table.figures(text("lost rate"), text("wait"), text("in time"))
    for name, line in lines.items():
        table.row(
            name,
            *(str(getattr(line.raw, kind)) for kind in COUNTS),
            percent(line.raw.lost_rate) + (SUSPECT if line.suspect else ""),
            seconds(line.wait.answered.mean),
            percent(line.service_level.rate),
        )
    return table


def _show_line(name: str, line: LineReport, console: Console) -> None:
    _show_corrected(name, line, console)
    corrected, others = line.corrected, line.definitions
    between = None
    if corrected.low is not None:
        low, high = percent(corrected.low), percent(corrected.high)
        between = text("lost rate between {low} and {high} (95%)", low=low, high=high)
    if not isinstance(line.reported, UnsetType):
        console.print(labelled(name, _joined(between, _readings(line.reported))), markup=False)
        return
    rates = text(
        "without short calls {without_short}, of calls that waited {queued_only}, unanswered {unanswered}",
        without_short=percent(others.without_short, text("none")),
        queued_only=percent(others.queued_only, text("none")),
        unanswered=percent(others.unanswered, text("none")),
    )
    if line.suspect:  # the rates below have no correction
        if between is not None:
            console.print(labelled(name, between))
        name, between = text("{line}, as counted", line=name), None
    console.print(labelled(name, _joined(between, rates)))
    if line.reasons.lost:
        console.print(text("{line}: lost by reason: {reasons}", line=name, reasons=_reasons(line.reasons.lost)))
    if line.reasons.diverted:
        console.print(text("{line}: diverted by reason: {reasons}", line=name, reasons=_reasons(line.reasons.diverted)))
    show_insight(name, line.insight, console)


def _show_corrected(name: str, line: LineReport, console: Console) -> None:
    """Print a line's corrected figure, or why it is withheld, and its second record."""
    corrected = line.corrected
    if corrected.guard is not None:
        console.print(text("{line}: withheld: {why}", line=name, why=corrected.guard), style="yellow", markup=False)
    elif corrected.method != "none":
        covered = text("{share} of the opening hours covered", share=percent(corrected.coverage))
        if corrected.method == "witness":
            covered = text("{share} of the calls covered", share=percent(corrected.coverage))
        console.print(
            text(
                "{line}: corrected lost rate {rate} ({method}, {covered})",
                line=name,
                rate=percent(corrected.lost_rate),
                method=METHODS[corrected.method],
                covered=covered,
            ),
            style="yellow",
        )
    if not isinstance(line.witness, UnsetType):
        seen = line.witness
        console.print(
            text(
                "{line}: second record {source}: {offered} calls, {lost} lost; {matched} agree, {only_here} only "
                "here, {only_there} only there, {contradicted} contradict, {ambiguous} ambiguous, {uncovered} "
                "while it was silent",
                line=name,
                **structs.asdict(seen),
            ),
            markup=False,
        )


def _joined(*sentences: str | None) -> str:
    return semicolon().join(filter(None, sentences))


def _readings(told: ReportedReport) -> str:
    """Return the totals of a line's readings, and which of them are corrected or left out."""
    sums = {"offered": told.offered, "answered": told.answered, "lost": told.lost}
    by_them = ", ".join(f"{total} {head(name, spoken_language())}" for name, total in sums.items() if total is not None)
    found = [text("counted by readings only: {totals}", totals=by_them)]
    if told.without_outcome:
        found.append(text("{count} offered calls without an outcome are not counted", count=told.without_outcome))
    if told.not_reported:
        found.append(
            counted(
                "{count} period whose zeros mean 'not reported', treated as a gap",
                "{count} periods whose zeros mean 'not reported', treated as gaps",
                told.not_reported,
            )
        )
    if told.revised:
        found.append(
            counted(
                "{count} period reported again; the last figures count",
                "{count} periods reported again; the last figures count",
                told.revised,
            )
        )
    if told.resets:
        found.append(counted("{count} reset of the counter", "{count} resets of the counter", told.resets))
    return semicolon().join(found)


def _reasons(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{text(REASONS[reason])} {count}" for reason, count in reasons.items())


def _rows(counts: RowCounts) -> str:
    found = text(
        "rows: {read} read, {used} used, {aside} left out, {refused} refused",
        read=counts.read,
        used=counts.used,
        aside=counts.aside,
        refused=counts.refused,
    )
    if counts.calls:
        calls = counted("{count} call", "{count} calls", counts.calls)
        again = counted(
            "{count} with an id that an earlier call had",
            "{count} with an id that an earlier call had",
            counts.ids_seen_again,
        )
        found = semicolon().join([found, f"{calls}, {again}" if counts.ids_seen_again else calls])
    return found
