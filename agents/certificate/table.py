"""A certificate for a terminal: sentences first, then every check and every fault."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.console import Console

from agents.certificate.certificate import Certificate, CertifiedDesk, CertifiedLine
from agents.certificate.desk_words import desk_sentences, values
from agents.certificate.words import FAULTS, figure, interval, of_calls, sentences, size, untried, worst
from agents.pages.checks import CHECKS, absences, share
from agents.pages.withheld import broken
from agents.table import PrintedTable
from agents.translation import labelled, spoken_language, text
from streams.certificate.sensitivity import HORIZONS


def show(made: Certificate, zone: ZoneInfo, console: Console) -> None:
    """Print the certificate of every line, service and channel."""
    if (wrong := broken(made.breaches, spoken_language())) is not None:
        console.print(wrong, style="bold red", highlight=False)
    for line in made.lines:
        console.print(labelled(f"{line.label}, {made.year}", figure(line, zone)), style="bold", highlight=False)
        if (between := interval(line)) is not None:
            console.print(between, highlight=False)
        for sentence in sentences(line):
            console.print(f"- {sentence}", highlight=False)
        console.print(_checks(line))
        console.print(_faults(line))
        for sentence in untried(line):
            console.print(sentence, style="yellow", highlight=False)
        if line.faults:
            console.print(of_calls(line.calls, line.faults[0].starts), highlight=False)
    for desk in made.desks:
        console.print(labelled(desk.label, str(made.year)), style="bold", highlight=False)
        for value in values(desk, zone):
            console.print(value, highlight=False)
        for sentence in desk_sentences(desk):
            console.print(f"- {sentence}", highlight=False)
        console.print(_checks(desk))


def _checks(line: CertifiedLine | CertifiedDesk) -> PrintedTable:
    table = PrintedTable()
    table.words(text("check"))
    table.figures(text("share checked"))
    table.words(text("reasons for the rest"))
    lang = spoken_language()
    for each in line.checks:
        style = "" if each.spoke else "yellow"
        table.row(text(CHECKS[each.check]), share(each.share, lang), absences(each, lang), style=style)
    return table


def _faults(line: CertifiedLine) -> PrintedTable:
    table = PrintedTable()
    table.words(text("fault"))
    table.figures(*(text("within {days} days", days=within) for within in HORIZONS))
    table.figures(text("largest fault tried; detected from"))
    for each in line.faults:
        sizes = [size(each.told[within]) for within in HORIZONS]
        style = "" if each.told[HORIZONS[-1]] else "yellow"
        table.row(text(FAULTS[each.mechanism]), *sizes, worst(each), style=style)
    return table
