"""What two records say together, as tables and sentences for people at a terminal."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from agents.analysis.report import COUNTS
from agents.analysis.written import percent
from agents.language import Language
from agents.pages.both import COLUMNS, Both
from agents.reconcile.records import Reconciliation
from agents.reconcile.report import Reconciled
from agents.reconcile.story import LineStory, clock, stories
from agents.reconcile.words import AMBIGUOUS, OUTSIDE, RULES
from agents.shape import CountsShape
from agents.translation import labelled
from agents.writing import FRENCH


def show(found: Reconciliation, report: Reconciled, zone: ZoneInfo, lang: Language, console: Console) -> None:
    """Print the difference first, then why, then a few calls of each reason."""
    told = list(stories(found, report, zone))
    for line in told:
        console.print(labelled(line.name.by(lang), line.headline.by(lang)), style="bold")
    console.print(clock(report.clock, report).by(lang))
    for record in found.records:
        for sentence in record.refusals.sentences():
            console.print(labelled(record.kind, sentence), style="yellow")
    for line in told:
        console.print()
        console.print(_figures(line, lang))
        _reasons(line, lang, console)
    if report.joined_by in {"id", "time"}:
        console.print()
        for rule in RULES:
            console.print(f"- {rule.by(lang)}")


def _figures(line: LineStory, lang: Language) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column(line.name.by(lang), no_wrap=True)
    for column in (*COUNTS, "lost_rate"):
        table.add_column(COLUMNS[column].by(lang), justify="right", no_wrap=True)
    figures = line.figures
    for name, counts in ((figures.first.kind, figures.first), (figures.second.kind, figures.second)):
        table.add_row(name, *_counts(counts, lang))
    table.add_row(Both("les deux ensemble", "both together").by(lang), *_counts(figures.best, lang))
    return table


def _counts(counts: CountsShape, lang: Language) -> list[str]:
    rate = FRENCH.percent(counts.lost_rate) if lang is Language.FR else percent(counts.lost_rate)
    return [*("" if (count := getattr(counts, kind)) is None else str(count) for kind in COUNTS), rate]


def _reasons(line: LineStory, lang: Language, console: Console) -> None:
    figures = line.figures
    if figures.best.offered is None:
        return
    standings = Both(
        f"{figures.matched} concordants, {figures.contradicted} contredits, {figures.only_first} dans "
        f"{figures.first.kind} seul, {figures.only_second} dans {figures.second.kind} seul",
        f"{figures.matched} matched, {figures.contradicted} contradicted, {figures.only_first} only in "
        f"{figures.first.kind}, {figures.only_second} only in {figures.second.kind}",
    )
    console.print(standings.by(lang))
    for count, words in ((figures.ambiguous, AMBIGUOUS), (figures.outside, OUTSIDE)):
        if count:
            console.print(f"{count} {words.by(lang)}")
    for reason in line.reasons:
        console.print(labelled(f"{reason.number} {reason.why.by(lang)}", reason.sides.by(lang)))
        for each in reason.examples:
            console.print(
                f"  {each.when}  {figures.first.kind}: {each.first.by(lang)}; "
                f"{figures.second.kind}: {each.second.by(lang)}; tocsin analyze {each.explain}",
                soft_wrap=True,
            )
    if figures.differences_left_out:
        left = figures.differences_left_out
        console.print(
            Both(
                f"{left} autres différences sont comptées, sans être listées",
                f"{left} more differences are counted, but not listed",
            ).by(lang)
        )
