"""Two reconciled records as tables and sentences for a terminal."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.console import Console

from agents.analysis.report import COUNTS
from agents.analysis.written import percent
from agents.pages.words import COLUMNS
from agents.reconcile.records import Reconciliation
from agents.reconcile.report import Reconciled
from agents.reconcile.story import LineStory, clock, standings, stories
from agents.reconcile.words import RULES
from agents.shape import CountsShape
from agents.table import PrintedTable
from agents.translation import counted, labelled, semicolon, text


def show(found: Reconciliation, report: Reconciled, zone: ZoneInfo, console: Console) -> None:
    """Print the difference first, then its reasons, each with a few example calls."""
    lines = list(stories(found, report, zone))
    for line in lines:
        console.print(labelled(line.name, line.headline), style="bold")
    console.print(clock(report.clock, report))
    for record in found.records:
        for sentence in record.refusals.sentences():
            console.print(labelled(record.kind, sentence), style="yellow")
    for line in lines:
        console.print()
        console.print(_figures(line))
        _reasons(line, console)
    if report.joined_by in {"id", "time"}:
        console.print()
        for rule in RULES:
            console.print(f"- {text(rule)}")


def _figures(line: LineStory) -> PrintedTable:
    table = PrintedTable()
    table.words(line.name)
    table.figures(*(text(COLUMNS[column]).lower() for column in (*COUNTS, "lost_rate")))
    figures = line.figures
    for name, counts in ((figures.first.kind, figures.first), (figures.second.kind, figures.second)):
        table.row(name, *_counts(counts))
    table.row(text("combined"), *_counts(figures.best))
    return table


def _counts(counts: CountsShape) -> list[str]:
    known = ("" if (count := getattr(counts, kind)) is None else str(count) for kind in COUNTS)
    return [*known, percent(counts.lost_rate)]


def _reasons(line: LineStory, console: Console) -> None:
    figures = line.figures
    if figures.best.offered is None:
        return
    for sentence in standings(figures):
        console.print(sentence)
    for reason in line.reasons:
        console.print(labelled(f"{reason.number} {reason.why}", reason.sides))
        for each in reason.examples:
            outcomes = semicolon().join(
                [
                    labelled(figures.first.kind, each.first),
                    labelled(figures.second.kind, each.second),
                    f"tocsin analyze {each.explain}",
                ]
            )
            console.print(f"  {each.when}  {outcomes}", soft_wrap=True)
    if left := figures.differences_left_out:
        console.print(
            counted(
                "{count} more difference is counted, but not listed",
                "{count} more differences are counted, but not listed",
                left,
            )
        )
