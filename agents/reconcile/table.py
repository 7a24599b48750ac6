"""What two records say together, as tables and sentences for people at a terminal."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from agents.analysis.report import COUNTS
from agents.analysis.written import percent
from agents.pages import written
from agents.pages.words import Both
from agents.reconcile.records import Reconciliation
from agents.reconcile.report import Reconciled
from agents.reconcile.story import LineStory, clock, stories
from agents.reconcile.words import AMBIGUOUS, COLUMNS, OUTSIDE, RULES
from agents.shape import CountsShape


def show(found: Reconciliation, report: Reconciled, zone: ZoneInfo, lang: str, console: Console) -> None:
    """Print the difference first, then why, then a few calls of each reason; `lang` is fr or en."""
    told = list(stories(found, report, zone))
    for line in told:
        console.print(f"{_in(lang, line.name)}: {_in(lang, line.headline)}", style="bold")
    console.print(_in(lang, clock(report.clock, report)))
    for record in found.records:
        for sentence in record.refusals.sentences():
            console.print(f"{record.kind}: {sentence}", style="yellow")
    for line in told:
        console.print()
        console.print(_figures(line, lang))
        _reasons(line, lang, console)
    if report.joined_by in {"id", "time"}:
        console.print()
        for rule in RULES:
            console.print(f"- {_in(lang, rule)}")


def _figures(line: LineStory, lang: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column(_in(lang, line.name), no_wrap=True)
    for column in (*COUNTS, "lost_rate"):
        table.add_column(_in(lang, COLUMNS[column]), justify="right", no_wrap=True)
    figures = line.figures
    for name, counts in ((figures.first.kind, figures.first), (figures.second.kind, figures.second)):
        table.add_row(name, *_counts(counts, lang))
    table.add_row(_in(lang, Both("les deux ensemble", "both together")), *_counts(figures.best, lang))
    return table


def _counts(counts: CountsShape, lang: str) -> list[str]:
    rate = written.percent(counts.lost_rate) if lang == "fr" else percent(counts.lost_rate)
    return [*("" if (count := getattr(counts, kind)) is None else str(count) for kind in COUNTS), rate]


def _reasons(line: LineStory, lang: str, console: Console) -> None:
    figures = line.figures
    if figures.best.offered is None:
        return
    standings = Both(
        f"{figures.matched} concordants, {figures.contradicted} contredits, {figures.only_first} dans "
        f"{figures.first.kind} seul, {figures.only_second} dans {figures.second.kind} seul",
        f"{figures.matched} matched, {figures.contradicted} contradicted, {figures.only_first} only in "
        f"{figures.first.kind}, {figures.only_second} only in {figures.second.kind}",
    )
    console.print(_in(lang, standings))
    for count, words in ((figures.ambiguous, AMBIGUOUS), (figures.outside, OUTSIDE)):
        if count:
            console.print(f"{count} {_in(lang, words)}")
    for reason in line.reasons:
        console.print(f"{reason.number} {_in(lang, reason.why)}: {_in(lang, reason.sides)}")
        for each in reason.examples:
            console.print(
                f"  {each.when}  {figures.first.kind}: {_in(lang, each.first)}; "
                f"{figures.second.kind}: {_in(lang, each.second)}; tocsin analyze {each.explain}",
                soft_wrap=True,
            )
    if figures.differences_left_out:
        left = figures.differences_left_out
        console.print(
            _in(
                lang,
                Both(
                    f"{left} autres différences sont comptées, sans être listées",
                    f"{left} more differences are counted, but not listed",
                ),
            )
        )


def _in(lang: str, text: Both) -> str:
    return text.fr if lang == "fr" else text.en
