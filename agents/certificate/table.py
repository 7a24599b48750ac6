"""A certificate for people at a terminal: its sentences first, then every check and every fault."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from agents.certificate.certificate import Certificate, CertifiedLine
from agents.certificate.words import FAULTS, figure, interval, of_calls, sentences, size, untried, worst
from agents.language import Language
from agents.pages.both import CHECKS, Both, absences, broken, share
from streams.certificate.sensitivity import HORIZONS


def show(made: Certificate, zone: ZoneInfo, lang: Language, console: Console) -> None:
    """Print the certificate of every line."""
    if (wrong := broken(made.breaches)) is not None:
        console.print(wrong.by(lang), style="bold red", highlight=False)
    for line in made.lines:
        console.print(f"{line.label}, {made.year}: {figure(line, zone).by(lang)}", style="bold", highlight=False)
        if (between := interval(line)) is not None:
            console.print(between.by(lang), highlight=False)
        for said in sentences(line):
            console.print(f"- {said.by(lang)}", highlight=False)
        console.print(_checks(line, lang))
        console.print(_faults(line, lang))
        for said in untried(line):
            console.print(said.by(lang), style="yellow", highlight=False)
        if line.faults:
            console.print(of_calls(line.calls, line.faults[0].starts).by(lang), highlight=False)


def _checks(line: CertifiedLine, lang: Language) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column(Both("contrôle", "check").by(lang))
    table.add_column(Both("heures d'ouverture", "open time").by(lang), justify="right", no_wrap=True)
    table.add_column(Both("ailleurs, pourquoi pas", "elsewhere, why not").by(lang))
    for each in line.checks:
        style = "" if each.spoke else "yellow"
        table.add_row(CHECKS[each.check].by(lang), share(each.share).by(lang), absences(each).by(lang), style=style)
    return table


def _faults(line: CertifiedLine, lang: Language) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column(Both("erreur", "fault").by(lang))
    for within in HORIZONS:
        table.add_column(Both(f"en {within} jours", f"within {within} days").by(lang), justify="right")
    table.add_column(Both("au pire", "at its worst").by(lang), justify="right")
    for each in line.faults:
        told = [size(each.told[within]).by(lang) for within in HORIZONS]
        style = "" if each.told[HORIZONS[-1]] else "yellow"
        table.add_row(FAULTS[each.mechanism].by(lang), *told, worst(each).by(lang), style=style)
    return table
