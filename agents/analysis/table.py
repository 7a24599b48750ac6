"""What an analysis says, as a table and sentences for people."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec import UnsetType
from rich.console import Console
from rich.table import Table

from agents.analysis.channels import show_channels
from agents.analysis.fold import Analysis
from agents.analysis.insight import show_insight
from agents.analysis.report import COUNTS, LineReport, PollsReport, ServiceReport, report, silences
from agents.analysis.reported import ReportedReport
from agents.analysis.written import minutes, percent, seconds
from agents.history.office import gathered_json
from agents.pages.sums import english
from agents.sources.aside import sentences

SUSPECT = " U"  # as SDMX marks what is of low reliability


def show(analysis: Analysis, console: Console) -> None:
    """Print the analysis for people."""
    silent = silences(analysis)
    said = report(analysis, silent)
    table = Table(
        title=f"{said.site}, {said.start} to {said.end}", title_justify="left", box=None, padding=(0, 1, 0, 0)
    )
    table.add_column("line", no_wrap=True)
    for column in (*COUNTS, "lost rate", "wait", "in time"):
        table.add_column(column, justify="right", no_wrap=True)
    lines = {name: line for name, line in said.lines.items() if line.raw.offered}
    for name, line in lines.items():
        table.add_row(
            name,
            *(str(getattr(line.raw, kind)) for kind in COUNTS),
            percent(line.raw.lost_rate) + (SUSPECT if line.corrected.guard else ""),
            seconds(line.wait.answered.mean),
            percent(line.service_level.rate),
        )
    console.print(table if lines else "no call was counted")
    for name, line in lines.items():
        _show_line(name, line, console)
    zone = ZoneInfo(analysis.settings.timezone)
    for incident in gathered_json(said.incidents, silent, zone):
        console.print(
            f"{incident['line']}: {incident['verdict']}, {incident['kind']}, {incident['from']} to {incident['to']} "
            f"({incident['status']}); " + "; ".join(evidence["says_en"] for evidence in incident["evidence"]),
            style="yellow",
            markup=False,
        )
    for broken in english(said.sums):
        console.print(broken, style="yellow", markup=False)
    _show_services(said.services, console)
    show_channels(said.requests, console)
    events = said.events
    console.print(
        f"events: {events.read} read, {events.ok} ok, {events.duplicate} duplicate, "
        f"{events.late} late, {events.invalid} invalid"
    )
    _show_troubles(analysis, console)


def _show_line(name: str, line: LineReport, console: Console) -> None:
    corrected, others = line.corrected, line.definitions
    if corrected.guard is not None:
        console.print(f"{name}: withheld: {corrected.guard}", style="yellow", markup=False)
    elif corrected.method != "none":
        of = "calls" if corrected.method == "witness" else "opening hours"
        console.print(
            f"{name}: corrected lost rate {percent(corrected.lost_rate)} "
            f"({corrected.method}, {percent(corrected.coverage)} of the {of} covered)",
            style="yellow",
        )
    if not isinstance(line.witness, UnsetType):
        seen = line.witness
        console.print(
            f"{name}: second record {seen.source}: {seen.offered} calls, {seen.lost} lost; {seen.matched} alike, "
            f"{seen.only_here} only here, {seen.only_there} only there, {seen.contradicted} contradicted, "
            f"{seen.ambiguous} ambiguous, {seen.uncovered} while it was silent",
            markup=False,
        )
    between = ""
    if corrected.low is not None:
        between = f"lost rate between {percent(corrected.low)} and {percent(corrected.high)} (95 %); "
    if not isinstance(line.reported, UnsetType):
        console.print(f"{name}: {between}{_readings(line.reported)}", markup=False)
        return
    console.print(
        f"{name}: {between}"
        f"without short calls {percent(others.without_short, 'none')}, of those that waited "
        f"{percent(others.queued_only, 'none')}, reached nobody {percent(others.unanswered, 'none')}"
    )
    for kind, reasons in (("lost", line.reasons.lost), ("diverted", line.reasons.diverted)):
        if reasons:
            counts = ", ".join(f"{reason} {count}" for reason, count in reasons.items())
            console.print(f"{name}: {kind} by reason: {counts}")
    show_insight(name, line.insight, console)


def _readings(told: ReportedReport) -> str:
    """Say what a line's readings told, and what of it counts otherwise or not at all."""
    sums = {"offered": told.offered, "answered": told.answered, "lost": told.lost}
    counted = ", ".join(f"{total} {name}" for name, total in sums.items() if total is not None)
    words = f"only readings tell of it: {counted} by them"
    for count, what in (
        (told.without_outcome, "offered without an outcome, and not counted"),
        (told.not_reported, "period(s) whose zeros stand for 'not reported': a gap"),
        (told.revised, "period(s) reported again, which count as told last"),
        (told.resets, "reset(s) of the counter"),
    ):
        words += f"; {count} {what}" if count else ""
    return words


def _show_troubles(analysis: Analysis, console: Console) -> None:
    """Print what was wrong on the way to here."""
    for name, line in analysis.lines.items():
        watch = line.state.watch
        for what, count in (("calls unwatched", watch.missed), ("reviews unapplied", watch.unapplied)):
            if count:
                console.print(f"{name}: {count} x {what}", style="yellow", markup=False)
    for name, source in analysis.sources.items():
        if source.missing or source.fallen:
            console.print(
                f"{name}: {source.missing} of its events never came, by its own numbers; "
                f"its clock fell by more than an hour {source.fallen} time(s)",
                style="yellow",
                markup=False,
            )
    if analysis.unwatched:
        console.print(
            f"{analysis.unwatched} event(s) of sources beyond the first {len(analysis.sources)}, whose numbers and "
            "clocks are not checked",
            style="yellow",
        )
    if analysis.unadopted:
        console.print(
            f"{analysis.unadopted} row(s) of queues beyond the first {analysis.adopted} are refused; "
            "name the lines to count, with their queues: --config",
            style="yellow",
        )
    for sentence in sentences(analysis.aside):
        console.print(sentence, style="yellow", markup=False)
    for sentence in analysis.refusals.sentences():
        console.print(sentence, style="yellow", markup=False)


def _show_services(services: Mapping[str, ServiceReport], console: Console) -> None:
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("service", no_wrap=True)
    for column in ("issued", "served", "no-show", "wait", "p90", "in service"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, service in services.items():
        if service.issued:
            time = service.time_in_service
            table.add_row(
                name,
                *("" if count is None else str(count) for count in (service.issued, service.served, service.no_show)),
                minutes(service.wait.mean),
                minutes(service.wait.p90),
                "" if time is None else minutes(time.mean),
            )
    if table.row_count:
        console.print(table)
    for name, service in services.items():
        if service.estimated:
            console.print(f"{name}: {_estimates(service.polls)}", style="yellow", markup=False)
        for anomaly, count in service.anomalies.items():
            console.print(f"{name}: {count} x {anomaly}", style="yellow", markup=False)


def _estimates(polls: PollsReport | UnsetType) -> str:
    """Say how good the estimates are, where the polls themselves were read."""
    words = "estimates from polls of the display"
    if not isinstance(polls, UnsetType):
        words += f", to {polls.interval:.0f} s" if polls.interval else ""
        words += f"; {polls.unseen} ticket(s) were not seen whole" if polls.unseen else ""
    return words
