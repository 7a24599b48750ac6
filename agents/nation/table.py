"""The figures of a nation as tables for a terminal: units, lines, the worst offices, withheld desks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console

from agents.nation.observed import observed, of_all_lines
from agents.nation.scope import Scope
from agents.nation.telling import KINDS, NationTelling, WithheldRow
from agents.table import PrintedTable
from agents.translation import spoken_language
from streams.rollup.unit import Unit

WORST: Final = 15  # offices that are shown at once


def show_nation(scope: Scope, console: Console) -> None:
    """Print the figures of a unit, of the units in it, and the offices most surely worse than the others."""
    telling = NationTelling(spoken_language(), scope.zone)
    text, whole = telling.text, of_all_lines(scope, scope.unit)
    if not whole.counted and not scope.unit.counters.issued and not scope.unit.channels:
        console.print(text("no indicator: nothing was counted"))
        return
    for sentence in (telling.essential(scope, whole), *telling.apart(scope), *telling.demand(scope)):
        console.print(sentence, markup=False, highlight=False)
    for sentence in telling.trouble(scope, whole):
        console.print(sentence, style="yellow", markup=False, highlight=False)
    console.print(_indicators(scope, telling))
    for title, units in ((text("Regions"), scope.regions()), (text("Departments"), scope.departments())):
        if units:
            console.print(_units(scope, title, units, telling))
    console.print(_offices(scope, telling))
    if withheld := telling.withheld_rows(scope):
        console.print(_withheld(withheld, telling))


def _indicators(scope: Scope, telling: NationTelling) -> PrintedTable:
    text, kind = telling.text, telling.text(KINDS[scope.unit.kind])
    named = f"{kind}, {scope.name}" if scope.name else kind
    table = PrintedTable(f"{named}, {telling.period(scope.rolled.period)}")
    table.words(text("indicator"))
    table.figures(text("raw"), text("corrected"), text("between (95%)"), text("covered"), text("target"))
    table.figures(text("offices"), text("silent"), text("withheld"))
    for each in observed(scope, scope.unit):
        if each.counted:
            of = each.indicator
            table.row(
                telling.called(each),
                telling.marked(of, of.raw),
                telling.marked(of, of.corrected),
                telling.bounds(of.corrected.low, of.corrected.high, ""),
                telling.percent(of.coverage, 1) if of.principal else "",
                telling.target(of),
                str(len(each.sites)),
                str(len(each.silent) or ""),
                str(len(each.withheld) or ""),
                style="yellow" if each.withheld or of.guard is not None else "",
            )
    return table


def _units(scope: Scope, title: str, units: Sequence[Unit], telling: NationTelling) -> PrintedTable:
    text, table = telling.text, PrintedTable(title)
    table.words(text("name"))
    table.figures(text("offices"), text("silent"), text("calls"), text("raw"), text("corrected"))
    table.figures(text("between (95%)"), text("covered"))
    for unit in units:
        each = of_all_lines(scope, unit)
        corrected = each.indicator.corrected
        table.row(
            unit.label,
            str(len(unit.sites)),
            str(len(unit.silent) or ""),
            telling.number(each.indicator.raw.whole),
            telling.marked(each.indicator, each.indicator.raw),
            telling.marked(each.indicator, corrected),
            telling.bounds(corrected.low, corrected.high, ""),
            telling.percent(each.indicator.coverage, 1),
            style="yellow" if unit.withheld else "",
        )
    return table


def _offices(scope: Scope, telling: NationTelling) -> PrintedTable:
    text, offices = telling.text, scope.offices()
    of = text("Offices, the most certainly worse first")
    more = len(offices) - WORST
    table = PrintedTable(
        of if more <= 0 else text("{title}: {count} of {all}", title=of, count=WORST, all=len(offices))
    )
    table.words(text("office"), text("department"), text("beside the others"))
    table.figures(text("deviations"), text("calls"), text("raw"), text("corrected"), text("between (95%)"))
    table.words(text("published"))
    for unit in offices[:WORST]:
        each = of_all_lines(scope, unit)
        corrected, point = each.indicator.corrected, each.point
        stands_out = point is not None and point.verdict == "above"
        table.row(
            unit.label,
            unit.department or "",
            telling.verdict(point),
            telling.score(point),
            telling.number(each.indicator.raw.whole),
            telling.marked(each.indicator, each.indicator.raw),
            telling.marked(each.indicator, corrected),
            telling.bounds(corrected.low, corrected.high, ""),
            telling.published(scope.edition(unit)),
            style="yellow" if stands_out else "",
        )
    return table


def _withheld(rows: Sequence[WithheldRow], telling: NationTelling) -> PrintedTable:
    text, table = telling.text, PrintedTable(telling.text("Withheld, and what it could change"))
    table.words(text("office"), text("line, service or channel"), text("why"))
    table.figures(text("calls"), text("the rate would be"))
    for unit, *cells in rows:
        table.row(unit.label, *cells)
    return table
