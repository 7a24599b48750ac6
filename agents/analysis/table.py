"""An analysis as a table and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import UnsetType, structs
from rich.console import Console

from agents.analysis import words
from agents.analysis.channels import show_channels
from agents.analysis.fold import Analysis
from agents.analysis.insight import show_insight
from agents.analysis.report import COUNTS, LineReport, PollsReport, ServiceReport, report, silences
from agents.analysis.reported import ReportedReport
from agents.analysis.rows import RowCounts
from agents.analysis.written import minutes, number, percent, seconds
from agents.handbook import page
from agents.history.incident_words import says, standing, what
from agents.history.office import gathered_json
from agents.language import THIN
from agents.pages.sums import told
from agents.pages.words import METHODS, REASONS, head
from agents.sources.aside import sentences
from agents.table import PrintedTable
from agents.translation import counted, labelled, semicolon, spoken_language, text

ENOUGH: Final = 50  # answered calls, to notice that a machine answers
AT_ONCE: Final = 2.0  # seconds: hardly any agent is so quick for nearly every caller
SUSPECT = f"{THIN}U"  # the SDMX code for low reliability


def show(analysis: Analysis, console: Console) -> None:
    """Print the analysis."""
    silent = silences(analysis)
    shown = report(analysis, silent, spoken_language())
    table = PrintedTable(text("{site}, {start} to {end}", site=shown.site, start=shown.start, end=shown.end))
    table.words(text("line"))
    table.figures(*(head(kind, spoken_language()) for kind in COUNTS))
    table.figures(text("lost rate"), text("wait"), text("in time"))
    lines = {name: line for name, line in shown.lines.items() if line.raw.offered}
    for name, line in lines.items():
        table.row(
            name,
            *(str(getattr(line.raw, kind)) for kind in COUNTS),
            percent(line.raw.lost_rate) + (SUSPECT if line.suspect else ""),
            seconds(line.wait.answered.mean),
            percent(line.service_level.rate),
        )
    others = (*(each.issued for each in shown.services.values()), *(each.received for each in shown.requests.values()))
    if lines or not any(others):
        console.print(table if lines else text("no calls"))
    for name, line in lines.items():
        _show_line(name, line, console)
    zone = ZoneInfo(analysis.settings.timezone)
    for incident in gathered_json(shown.incidents, silent, zone):
        console.print(
            text(
                "{line}: {what}, {start} to {end} ({standing}); {evidence}",
                line=incident["line"],
                what=what(incident),
                start=incident["from"],
                end=incident["to"],
                standing=standing(incident),
                evidence=semicolon().join(map(says, incident["evidence"])),
            ),
            style="yellow",
            markup=False,
        )
    for broken in told(shown.sums, spoken_language()):
        console.print(broken, style="yellow", markup=False)
    _show_services(shown.services, console)
    show_channels(shown.requests, console)
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
    console.print(_rows(analysis.row_counts()), markup=False)
    _show_troubles(analysis, console)


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
    longest = line.wait.answered.p90
    if (line.raw.answered or 0) >= ENOUGH and longest is not None and longest < AT_ONCE:
        console.print(
            text(
                "{line}: nine in ten answers came within {seconds} s of the call: a machine may answer before the "
                "agents; see {page}",
                line=name,
                seconds=number(AT_ONCE),
                page=page("what-counts.md#what-answers-without-being-a-person"),
            ),
            style="yellow",
            markup=False,
        )


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


def _show_troubles(analysis: Analysis, console: Console) -> None:
    """Print what went wrong before the events were counted."""
    for name, line in analysis.lines.items():
        watch = line.state.watch
        for odd, count in ((text("calls not checked"), watch.missed), (text("reviews not applied"), watch.unapplied)):
            if count:
                console.print(labelled(name, f"{count} x {odd}"), style="yellow", markup=False)
    for name, source in analysis.sources.items():
        if source.missing or source.fallen:
            console.print(
                text(
                    "{source}: missing events, by its sequence numbers: {missing}; clock set back by more than an "
                    "hour, times: {fallen}",
                    source=name,
                    missing=source.missing,
                    fallen=source.fallen,
                ),
                style="yellow",
                markup=False,
            )
    if analysis.unwatched:
        console.print(
            text(
                "{count} events of further sources, after the first {sources}; their sequence numbers and clocks "
                "are not checked",
                count=analysis.unwatched,
                sources=len(analysis.sources),
            ),
            style="yellow",
        )
    if analysis.unadopted:
        console.print(
            text(
                "{count} rows of further queues, after the first {queues}, are refused; name the lines to count, "
                "with their queues, in a --config file",
                count=analysis.unadopted,
                queues=analysis.adopted,
            ),
            style="yellow",
        )
    for sentence in sentences(analysis.aside):
        console.print(sentence, style="yellow", markup=False)
    for sentence in analysis.refusals.sentences():
        console.print(sentence, style="yellow", markup=False)


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


def _show_services(services: Mapping[str, ServiceReport], console: Console) -> None:
    table = PrintedTable()
    table.words(text("service"))
    table.figures(text("issued"), text("served"), text("no-show"), text("wait"), text("p90"), text("in service"))
    for name, service in services.items():
        if service.issued:
            time = service.time_in_service
            table.row(
                name,
                *("" if count is None else str(count) for count in (service.issued, service.served, service.no_show)),
                minutes(service.wait.mean),
                minutes(service.wait.p90),
                "" if time is None else minutes(time.mean),
            )
    if table.rows:
        console.print(table)
    for name, service in services.items():
        if service.estimated:
            console.print(labelled(name, _estimates(service.polls)), style="yellow", markup=False)
        if service.not_called:
            told = counted("{count} ticket was never called", "{count} tickets were never called", service.not_called)
            console.print(labelled(name, told), markup=False)
        for anomaly, count in service.anomalies.items():
            console.print(labelled(name, f"{count} x {text(words.ANOMALIES[anomaly])}"), style="yellow", markup=False)


def _estimates(polls: PollsReport | UnsetType) -> str:
    """Return how exact the estimates are, if the polls were read here."""
    found = [text("estimates from polls of the display")]
    if not isinstance(polls, UnsetType):
        if polls.interval:
            found = [text("estimates from polls of the display, to {seconds} s", seconds=number(polls.interval))]
        if polls.unseen:
            found.append(
                counted(
                    "{count} ticket was not seen from issue to call",
                    "{count} tickets were not seen from issue to call",
                    polls.unseen,
                )
            )
    return semicolon().join(found)
