"""Two reconciled records for a terminal, and as a self-contained HTML page for an auditor and for printing."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console

from agents.pages.html import spoken
from agents.reconcile.told import DeskStory, ToldRecords
from agents.table import PrintedTable
from agents.translation import counted, labelled, semicolon, spoken_language, text
from agents.writing import NOTHING, Writing


def show(told: ToldRecords, console: Console) -> None:
    """Print the difference first, then its reasons, each with a few examples."""
    for desk in told.desks:
        console.print(labelled(desk.name, desk.headline), style="bold")
    console.print(told.joined)
    for sentence in told.refusals:
        console.print(sentence, style="yellow")
    for desk in told.desks:
        console.print()
        console.print(_figures(desk, told.columns))
        _reasons(desk, console)
    if any(desk.standings for desk in told.desks):
        console.print()
        for rule in told.rules:
            console.print(f"- {rule}")


def _figures(desk: DeskStory, columns: list[str]) -> PrintedTable:
    table = PrintedTable()
    table.words(desk.name)
    table.figures(*columns)
    for name, cells in zip((*desk.kinds, text("combined")), desk.rows, strict=True):
        table.row(name, *cells)
    return table


def _reasons(desk: DeskStory, console: Console) -> None:
    for sentence in desk.standings:
        console.print(sentence)
    for reason in desk.reasons:
        console.print(labelled(f"{reason.number} {reason.why}", reason.sides))
        for each in reason.examples:
            seen = [labelled(kind, says) for kind, says in zip(desk.kinds, (each.first, each.second), strict=True)]
            console.print(f"  {each.when}  {semicolon().join([*seen, each.place])}", soft_wrap=True)
    if desk.left_out:
        console.print(
            counted(
                "{count} more difference is counted, but not listed",
                "{count} more differences are counted, but not listed",
                desk.left_out,
            )
        )


def page(told: ToldRecords) -> str:
    """Return the page in the chosen language."""
    language = spoken_language()
    writing = Writing(language)

    def moment(at: str | None) -> str:
        return NOTHING if at is None else writing.moment(datetime.fromisoformat(at))

    return spoken("agents.reconcile", language).get_template("reconcile.html.j2").render(moment=moment, told=told)
