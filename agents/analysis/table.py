"""What an analysis says, as a table and sentences for people."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec import UnsetType, structs
from rich.console import Console

from agents.analysis import words
from agents.analysis.channels import show_channels
from agents.analysis.fold import Analysis
from agents.analysis.insight import show_insight
from agents.analysis.report import COUNTS, LineReport, PollsReport, ServiceReport, report, silences
from agents.analysis.reported import ReportedReport
from agents.analysis.written import minutes, number, percent, seconds
from agents.history.incident_words import says, standing, what
from agents.history.office import gathered_json
from agents.language import THIN
from agents.pages.sums import told
from agents.pages.words import METHODS, REASONS, head
from agents.sources.aside import sentences
from agents.table import PrintedTable
from agents.translation import counted, labelled, semicolon, spoken_language, text

SUSPECT = f"{THIN}U"  # as SDMX marks what is of low reliability


def show(analysis: Analysis, console: Console) -> None:
    """Print the analysis for people."""
    silent = silences(analysis)
    said = report(analysis, silent, spoken_language())
    table = PrintedTable(text("{site}, {start} to {end}", site=said.site, start=said.start, end=said.end))
    table.words(text("line"))
    table.figures(*(head(kind, spoken_language()) for kind in COUNTS))
    table.figures(text("lost rate"), text("wait"), text("in time"))
    lines = {name: line for name, line in said.lines.items() if line.raw.offered}
    for name, line in lines.items():
        table.row(
            name,
            *(str(getattr(line.raw, kind)) for kind in COUNTS),
            percent(line.raw.lost_rate) + (SUSPECT if line.suspect else ""),
            seconds(line.wait.answered.mean),
            percent(line.service_level.rate),
        )
    console.print(table if lines else text("no call was counted"))
    for name, line in lines.items():
        _show_line(name, line, console)
    zone = ZoneInfo(analysis.settings.timezone)
    for incident in gathered_json(said.incidents, silent, zone):
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
    for broken in told(said.sums, spoken_language()):
        console.print(broken, style="yellow", markup=False)
    _show_services(said.services, console)
    show_channels(said.requests, console)
    events = said.events
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
        "without short calls {without_short}, of those that waited {queued_only}, reached nobody {unanswered}",
        without_short=percent(others.without_short, text("none")),
        queued_only=percent(others.queued_only, text("none")),
        unanswered=percent(others.unanswered, text("none")),
    )
    if line.suspect:  # what follows has no correction
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
    """Print what is believed of a line, or why nothing is, and what its second record says."""
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
                "{line}: second record {source}: {offered} calls, {lost} lost; {matched} alike, {only_here} only here, "
                "{only_there} only there, {contradicted} contradicted, {ambiguous} ambiguous, {uncovered} while it was "
                "silent",
                line=name,
                **structs.asdict(seen),
            ),
            markup=False,
        )


def _joined(*sentences: str | None) -> str:
    return semicolon().join(filter(None, sentences))


def _readings(told: ReportedReport) -> str:
    """Say what a line's readings told, and what of it counts otherwise or not at all."""
    sums = {"offered": told.offered, "answered": told.answered, "lost": told.lost}
    by_them = ", ".join(f"{total} {head(name, spoken_language())}" for name, total in sums.items() if total is not None)
    found = [text("only readings tell of it: {totals} by them", totals=by_them)]
    if told.without_outcome:
        found.append(text("{count} offered without an outcome, and not counted", count=told.without_outcome))
    if told.not_reported:
        found.append(
            counted(
                "{count} period whose zeros stand for 'not reported': a gap",
                "{count} periods whose zeros stand for 'not reported': a gap",
                told.not_reported,
            )
        )
    if told.revised:
        found.append(
            counted(
                "{count} period reported again, which counts as told last",
                "{count} periods reported again, which count as told last",
                told.revised,
            )
        )
    if told.resets:
        found.append(counted("{count} reset of the counter", "{count} resets of the counter", told.resets))
    return semicolon().join(found)


def _reasons(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{text(REASONS[reason])} {count}" for reason, count in reasons.items())


def _show_troubles(analysis: Analysis, console: Console) -> None:
    """Print what was wrong on the way to here."""
    for name, line in analysis.lines.items():
        watch = line.state.watch
        for odd, count in ((text("calls unwatched"), watch.missed), (text("reviews unapplied"), watch.unapplied)):
            if count:
                console.print(labelled(name, f"{count} x {odd}"), style="yellow", markup=False)
    for name, source in analysis.sources.items():
        if source.missing or source.fallen:
            console.print(
                text(
                    "{source}: {missing} of its events never came, by its own numbers; its clock fell by more than an "
                    "hour {fallen} times",
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
                "{count} events of sources beyond the first {sources}, whose numbers and clocks are not checked",
                count=analysis.unwatched,
                sources=len(analysis.sources),
            ),
            style="yellow",
        )
    if analysis.unadopted:
        console.print(
            text(
                "{count} rows of queues beyond the first {queues} are refused; name the lines to count, with their "
                "queues: --config",
                count=analysis.unadopted,
                queues=analysis.adopted,
            ),
            style="yellow",
        )
    for sentence in sentences(analysis.aside):
        console.print(sentence, style="yellow", markup=False)
    for sentence in analysis.refusals.sentences():
        console.print(sentence, style="yellow", markup=False)


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
        for anomaly, count in service.anomalies.items():
            console.print(labelled(name, f"{count} x {text(words.ANOMALIES[anomaly])}"), style="yellow", markup=False)


def _estimates(polls: PollsReport | UnsetType) -> str:
    """Say how good the estimates are, where the polls themselves were read."""
    found = [text("estimates from polls of the display")]
    if not isinstance(polls, UnsetType):
        if polls.interval:
            found = [text("estimates from polls of the display, to {seconds} s", seconds=number(polls.interval))]
        if polls.unseen:
            found.append(
                counted("{count} ticket was not seen whole", "{count} tickets were not seen whole", polls.unseen)
            )
    return semicolon().join(found)
