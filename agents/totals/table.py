"""A year's indicators as a table for people at a terminal: raw beside corrected, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.console import Console

from agents.history.incident_json import moment
from agents.pages import words
from agents.pages.sums import told
from agents.pages.withheld import broken
from agents.table import PrintedTable
from agents.totals.telling import Telling
from agents.translation import spoken_language
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
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
    """Print breaches of the data, the indicators, and the incidents that affect them."""
    telling = Telling(spoken_language(), zone)
    text = telling.text
    if (wrong := broken(breaches, telling.language)) is not None:
        console.print(wrong, style="bold red", markup=False, highlight=False)
    title = f"{annual.site}, {telling.period(annual.period)}"
    table = PrintedTable(title)
    table.words(text("indicator"))
    table.figures(text("raw"), text("corrected"), text("between (95%)"), text("covered"))
    table.figures(text("target"), text("met"), text("year before"))
    for each in annual.indicators:
        if each.raw.value is not None:
            table.row(*_row(each, telling), style="yellow" if each.method != "none" else "")
    console.print(table if table.rows else text("no indicator: nothing was counted"))
    for each in annual.indicators:
        _explain(each, telling, console)
    behind, others = annual.told()
    for incident in behind:
        start, end = incident.bounds()
        console.print(
            text(
                "{line}: {what} ({standing}), {start} to {end}; {evidence}",
                line=incident.line,
                what=telling.what(incident),
                standing=telling.text(words.STANDINGS[incident.status]),
                start=moment(start, zone),
                end=moment(end, zone),
                evidence=telling.semicolon.join(map(telling.says, _told(incident))),
            ),
            style="yellow",
            markup=False,
            highlight=False,
        )
        if unjudged := incident.unjudged():
            since = moment(unjudged[0], zone)
            console.print(telling.text(words.UNJUDGED, since=since), style="yellow", markup=False, highlight=False)
    _say_sums(sums, telling, console)
    if others:
        console.print(
            telling.counted(
                "{count} other alarm, which changes no figure",
                "{count} other alarms, which change no figure",
                len(others),
            ),
            highlight=False,
        )
    if vintage is not None:
        console.print(
            text(
                "vintage {number} of {when}, {digest}",
                number=vintage.number,
                when=moment(vintage.at, zone),
                digest=vintage.digest[:12],
            ),
            highlight=False,
        )


def _say_sums(sums: Sequence[BrokenSum], telling: Telling, console: Console) -> None:
    for said in told(sums, telling.language):
        console.print(said, style="yellow", markup=False, highlight=False)


def _told(incident: Incident) -> list[Evidence]:
    """Return the evidence worth printing; for a real overload, this is only how many calls were lost."""
    if incident.cause == OF_OFFICE:
        return incident.evidence[1:]  # the first piece repeats the sentence before it
    return incident.evidence[:1] if incident.verdict == "overload" else incident.evidence


def _row(each: Indicator, telling: Telling) -> tuple[str, ...]:
    raw, corrected, before = each.raw, each.corrected, each.before
    return (
        telling.name(each),
        telling.marked(each, raw),
        telling.marked(each, corrected),
        telling.bounds(corrected.low, corrected.high, "", each),
        telling.percent(each.coverage, 1) if each.principal or each.coverage < 1 else "",
        telling.target(each),
        _met(each, telling),
        "" if before is None else telling.value(each, before.corrected),
    )


def _met(each: Indicator, telling: Telling) -> str:
    raw, corrected = ("" if met is None else telling.yes(met) for met in (each.raw.met, each.corrected.met))
    return corrected if raw == corrected else f"{raw} → {corrected or '?'}"


def _explain(each: Indicator, telling: Telling, console: Console) -> None:
    """Print how a figure was corrected, and the same indicator a year later."""
    reasons = corrected_by(each, telling) if each.guard is None else [telling.withheld(each)]
    for sentence in (*reasons, *telling.breaks(each)):
        console.print(f"{telling.name(each)}{telling.colon}{sentence}", style="yellow", markup=False, highlight=False)
    if each.after is not None and each.principal:
        console.print(f"{telling.name(each)}{telling.semicolon}{telling.compared(each, each.after)}", highlight=False)


def corrected_by(each: Indicator, telling: Telling) -> Iterator[str]:
    """Yield how an indicator was corrected, if it was."""
    if each.method == "none":
        return
    method = telling.text(words.METHODS[each.method])
    yield telling.text("{method}; the miscount decides on the target", method=method) if each.flips else method
