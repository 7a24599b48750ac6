"""The figures of units as an Excel workbook: the unit, the units within it, its offices, withheld desks."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final, TypeAlias

from agents.language import Language
from agents.nation.observed import Observed, observed, of_all_lines
from agents.nation.rows import unit_columns
from agents.nation.scope import Scope
from agents.nation.telling import KINDS, NationTelling, withheld_desks
from agents.pages.withheld import broken
from agents.totals.columns import COUNT, FigureColumn
from agents.totals.pen import HEAD, RULED, SOFT, Pen, workbook_into
from agents.totals.sheet import HEAD_ROW, put_table
from streams.rollup.unit import Unit
from streams.said import said

_SHARE: Final = "0.00%"
_Columns: TypeAlias = tuple[tuple[str, int], ...]  # name, width in digits

_FIGURES: Final[_Columns] = (
    *(("raw", 11), ("raw_status", 13), ("corrected", 11), ("corrected_status", 13), ("low", 10), ("high", 10)),
)
_SUMS: Final[_Columns] = (
    *(("coverage", 10), ("sites", 9), ("silent", 10), ("withheld", 10), ("could_be_low", 14), ("could_be_high", 14)),
    ("guard", 36),
)
_OF_FIGURES: Final[_Columns] = (("called", 46), ("unit", 10), ("target", 10), *_FIGURES, *_SUMS)
_OF_UNITS: Final[_Columns] = (("label", 34), ("region", 24), ("raw_whole", 12), *_FIGURES, *_SUMS)
_OF_OFFICES: Final[_Columns] = (
    *(("office", 34), ("name", 18), ("region", 24), ("department", 20), ("verdict", 18), ("z", 12), ("raw_whole", 12)),
    *(*_FIGURES, ("coverage", 10), ("withheld", 10), ("published", 26)),
)


def units_workbook(scope: Scope, language: Language) -> bytes:
    telling, file = NationTelling(language, scope.zone), BytesIO()
    text = telling.text
    name = scope.name or text(KINDS[scope.unit.kind])
    title = text("Quality indicators {period}, {site}", period=telling.period(scope.rolled.period), site=name)
    with workbook_into(file, title) as pen:
        every = [each for each in observed(scope, scope.unit) if each.counted]
        _sheet(pen, text("Summary"), title, scope, telling, _OF_FIGURES, every)
        for named, units in ((text("Regions"), scope.regions()), (text("Departments"), scope.departments())):
            if units:
                _sheet(pen, named, title, scope, telling, _OF_UNITS, _lines(scope, units))
        _sheet(pen, text("Offices"), title, scope, telling, _OF_OFFICES, _lines(scope, scope.offices()))
        _withheld(pen, title, scope, telling)
    return file.getvalue()


def _lines(scope: Scope, units: Sequence[Unit]) -> list[Observed]:
    return [of_all_lines(scope, unit) for unit in units]


def _sheet(
    pen: Pen, name: str, title: str, scope: Scope, telling: NationTelling, shown: _Columns, rows: Sequence[Observed]
) -> None:
    sheet, text = pen.sheet(name[:31], landscape=True), telling.text
    pen.title(sheet, title, 16)
    as_of = text("Not an edition: the figures as of {day}.", day=telling.day(scope.rolled.today))
    pen.put(sheet, 1, 0, as_of, **SOFT)
    pen.warn(sheet, broken(scope.breaches(scope.unit), telling.language))
    known = _columns(scope, telling)
    put_table(pen, sheet, [(known[each], width) for each, width in shown], rows, text, _stands_out)


def _columns(scope: Scope, telling: NationTelling) -> dict[str, FigureColumn[Observed]]:
    """Return the columns of the sheets by name."""
    found = {each.name: each for each in unit_columns(scope, telling)}
    heads = {
        "label": said("Name"),
        "name": said("Site"),
        "unit": said("Unit"),
        "raw_whole": said("Calls"),
        "coverage": said("Coverage"),
        "guard": said("Reason"),
    }
    found |= {name: found[name]._replace(head=head) for name, head in heads.items()}
    found["verdict"] = found["verdict"]._replace(read=lambda row: telling.verdict(row.point))
    more: tuple[FigureColumn[Observed], ...] = (
        FigureColumn("called", said("Indicator"), telling.called),
        FigureColumn("office", said("Office"), lambda row: row.unit.label),
        FigureColumn("published", said("Published"), lambda row: telling.published(scope.edition(row.unit))),
    )
    return found | {each.name: each for each in more}


def _stands_out(row: Observed) -> bool:
    return row.indicator.guard is not None or (row.point is not None and row.point.verdict == "above")


def _withheld(pen: Pen, title: str, scope: Scope, telling: NationTelling) -> None:
    """Write the sheet of withheld lines, services and channels, if any."""
    text, withheld = telling.text, withheld_desks(scope)
    if not withheld:
        return
    sheet = pen.sheet(text("Withheld").capitalize()[:31], landscape=True)
    pen.title(sheet, title, 16)
    heads = (text("Office"), text("Line, service or channel"), text("Reason"), text("Calls"))
    bounds = (text("Lower bound including withheld desks"), text("Upper bound including withheld desks"))
    pen.row(sheet, HEAD_ROW, (*heads, *bounds), **HEAD)
    for at, width in enumerate((34, 24, 44, 12, 14, 14)):
        sheet.set_column(at, at, width)
    for row, (unit, label, each) in enumerate(withheld, HEAD_ROW + 1):
        pen.row(sheet, row, (unit.label, label, telling.kept_back(each)), **RULED)
        for at, (cell, shape) in enumerate(((each.calls, COUNT), (each.low, _SHARE), (each.high, _SHARE)), 3):
            pen.put(sheet, row, at, cell, **RULED, num_format=shape)
