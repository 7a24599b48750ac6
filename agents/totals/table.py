"""A year's indicators as a table for people at a terminal: raw beside corrected, and why."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from agents.history.incident_json import moment
from agents.pages import words, written
from agents.pages.breaks import all_said
from agents.pages.broken import broken
from agents.pages.sums import french
from agents.pages.withheld import withheld
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Figure, Indicator
from streams.indicators.vintage import Vintage
from streams.insight.line_sums import BrokenSum
from streams.watch.incident import Evidence, Incident
from streams.watch.review import OF_OFFICE


def show(
    annual: Annual,
    zone: ZoneInfo,
    vintage: Vintage | None,
    console: Console,
    breaches: Sequence[Breach] = (),
    sums: Sequence[BrokenSum] = (),
) -> None:
    """Print the indicators and the incidents behind them, in French first; before all, what does not hold of them."""
    if (wrong := broken(breaches)) is not None:
        console.print(f"{wrong.fr}\n{wrong.en}", style="bold red", markup=False, highlight=False)
    table = Table(
        title=f"{annual.site}, {written.period(annual.period).fr}", title_justify="left", box=None, padding=(0, 1, 0, 0)
    )
    table.add_column("indicateur", overflow="fold", min_width=22)
    for head in ("brut", "corrigé"):
        table.add_column(head, justify="right", no_wrap=True)
    for head in ("entre (95 %)", "couvert", "objectif", "atteint", "année préc."):
        table.add_column(head, justify="right")
    for each in annual.indicators:
        if each.raw.value is not None:
            table.add_row(*_row(each), style="yellow" if each.method != "none" else "")
    console.print(table if table.row_count else "aucun indicateur : rien n'a été compté (nothing was counted)")
    for each in annual.indicators:
        _explain(each, zone, console)
    behind, others = annual.told()
    for incident in behind:
        start, end = incident.bounds()
        console.print(
            f"{incident.line} : {words.what(incident).fr} ({incident.verdict}, "
            f"{words.STANDINGS[incident.status].fr}), {moment(start, zone)} à {moment(end, zone)} ; "
            + " ; ".join(evidence.says for evidence in _told(incident)),
            style="yellow",
            markup=False,
            highlight=False,
        )
    _say_sums(sums, console)
    if others:
        console.print(f"{len(others)} autres alertes, sans effet sur les chiffres (other alarms)", highlight=False)
    if vintage is not None:
        console.print(
            f"édition {vintage.number} du {moment(vintage.at, zone)} (vintage {vintage.number}), {vintage.digest[:12]}",
            highlight=False,
        )


def _say_sums(sums: Sequence[BrokenSum], console: Console) -> None:
    for said in french(sums):
        console.print(said, style="yellow", markup=False, highlight=False)


def _told(incident: Incident) -> list[Evidence]:
    """Return the evidence that a reader needs: of a real overload only how many were lost."""
    if incident.cause == OF_OFFICE:
        return incident.evidence[1:]  # what it is stands before it
    return incident.evidence[:1] if incident.verdict == "overload" else incident.evidence


def _row(each: Indicator) -> tuple[str, ...]:
    raw, corrected, before = each.raw, each.corrected, each.before
    between = "" if corrected.low is None else f"{written.percent(corrected.low)} à {written.percent(corrected.high)}"
    return (
        f"{words.title(each).fr} : {each.label}",
        _figure(each, raw),
        _figure(each, corrected),
        between,
        written.percent(each.coverage, 1) if each.kind == "lost_rate" else "",
        written.target(each),
        _met(each),
        "" if before is None else written.value(each, before.corrected),
    )


def _figure(each: Indicator, figure: Figure) -> str:
    status = "" if figure.status == "A" else f" {figure.status}"
    return f"{written.value(each, figure.value)}{status}"


def _met(each: Indicator) -> str:
    known = {True: "oui", False: "non", None: ""}
    raw, corrected = known[each.raw.met], known[each.corrected.met]
    return corrected if raw == corrected else f"{raw} → {corrected or '?'}"


def _explain(each: Indicator, zone: ZoneInfo, console: Console) -> None:
    """Say how a corrected figure came about, and what the same indicator was in the year after."""
    if each.guard is not None:
        console.print(
            f"{each.label} : {withheld(each.guard, each.coverage, zone).fr}",
            style="yellow",
            markup=False,
            highlight=False,
        )
    elif each.method != "none":
        flips = " ; l'erreur de comptage décide de l'objectif" if each.flips else ""
        console.print(f"{each.label} : {words.METHODS[each.method].fr}{flips}", style="yellow", highlight=False)
    for told in all_said(each):
        console.print(f"{each.label} : {told.fr}", style="yellow", markup=False, highlight=False)
    if each.after is not None and each.kind == "lost_rate":
        console.print(f"{each.label} ; {written.compared(each, each.after)}", highlight=False)
