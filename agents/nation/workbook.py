"""The figures of units as an Excel workbook: the unit itself, those within it, its offices, what is withheld."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final, NamedTuple

from xlsxwriter import Workbook

from agents.language import Language
from agents.nation.observed import Observed, observed, of_all_lines
from agents.nation.scope import Scope
from agents.nation.telling import KINDS, NationTelling
from agents.pages import words
from agents.pages.broken import broken
from agents.totals.months import FORMATS
from agents.totals.pen import HEAD, LINE, RULED, SOFT, CellValue, Pen
from streams.rollup.unit import Unit

_AS_TEXT: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_ALWAYS: Final = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # so that the same figures make the same file
_HEAD: Final = 3  # row
_OWN: Final = "own"  # stands for the format of the figure's own unit
_SHARE: Final = "0.00%"
_COUNT: Final = "#,##0"


class _Column(NamedTuple):
    """Describe a column of a sheet."""

    head: str
    width: int
    value: Callable[[Observed], CellValue]
    format: str = ""  # of a number


def units_workbook(scope: Scope, language: Language) -> bytes:
    """Return the workbook (XLSX) in one language."""
    telling, file = NationTelling(language, scope.zone), BytesIO()
    text = telling.text
    with Workbook(file, {"in_memory": True, **_AS_TEXT}) as book:
        name = scope.name or text(KINDS[scope.unit.kind])
        title = text("Quality indicators {period}, {site}", period=telling.period(scope.rolled.period), site=name)
        book.set_properties({"title": title, "created": _ALWAYS})
        pen = Pen(book)
        every = [each for each in observed(scope, scope.unit) if each.counted]
        _sheet(pen, text("Summary"), title, scope, telling, _of_figures(telling), every)
        for named, units in ((text("Regions"), scope.regions()), (text("Departments"), scope.departments())):
            if units:
                _sheet(pen, named, title, scope, telling, _of_units(telling), _lines(scope, units))
        offices = _lines(scope, scope.offices())
        _sheet(pen, text("Offices"), title, scope, telling, _of_offices(scope, telling), offices)
        _withheld(pen, title, scope, telling)
    return file.getvalue()


def _lines(scope: Scope, units: Sequence[Unit]) -> list[Observed]:
    return [of_all_lines(scope, unit) for unit in units]


def _sheet(
    pen: Pen,
    name: str,
    title: str,
    scope: Scope,
    telling: NationTelling,
    columns: Sequence[_Column],
    rows: Sequence[Observed],
) -> None:
    """Write a sheet with a head that stays and filters."""
    sheet = pen.sheet(name[:31], landscape=True)
    pen.title(sheet, title, 16)
    pen.put(
        sheet,
        1,
        0,
        telling.text("Not an edition: the figures as of {day}.", day=telling.day(scope.rolled.today)),
        **SOFT,
    )
    if (wrong := broken(scope.breaches(scope.unit), telling.language)) is not None:
        pen.put(sheet, 2, 0, wrong, bold=True, font_color="#C00000")
    for at, column in enumerate(columns):
        pen.put(sheet, _HEAD, at, column.head, **HEAD, align="right" if column.format else "left")
        sheet.set_column(at, at, column.width)
    sheet.set_row(_HEAD, 2 * LINE)
    for row, each in enumerate(rows, _HEAD + 1):
        stands_out = each.indicator.guard is not None or (each.point is not None and each.point.verdict == "above")
        style: dict[str, Any] = {**RULED, **({"bg_color": "#FDE9D9"} if stands_out else {})}
        for at, column in enumerate(columns):
            shape = FORMATS[each.indicator.unit] if column.format == _OWN else column.format
            number = {"num_format": shape} if shape else {"text_wrap": True}
            pen.put(sheet, row, at, column.value(each), **style, **number)
    if rows:
        sheet.autofilter(_HEAD, 0, _HEAD + len(rows), len(columns) - 1)
    sheet.freeze_panes(_HEAD + 1, 1)
    sheet.repeat_rows(_HEAD)


def _figures(telling: NationTelling) -> list[_Column]:
    """Return the columns of a figure, raw and corrected."""
    text = telling.text
    return [
        _Column(text("Raw value"), 11, lambda each: each.indicator.raw.value, _OWN),
        _Column(text("Raw status"), 13, lambda each: text(words.STATUSES[each.indicator.raw.status])),
        _Column(text("Corrected value"), 11, lambda each: each.indicator.corrected.value, _OWN),
        _Column(text("Corrected status"), 13, lambda each: text(words.STATUSES[each.indicator.corrected.status])),
        _Column(text("Low (95%)"), 10, lambda each: each.indicator.corrected.low, _OWN),
        _Column(text("High (95%)"), 10, lambda each: each.indicator.corrected.high, _OWN),
    ]


def _sums(telling: NationTelling) -> list[_Column]:
    """Return the columns that say what a sum is made of."""
    text = telling.text
    return [
        _Column(text("Coverage"), 10, lambda each: each.indicator.coverage, "0.0%"),
        _Column(text("Offices"), 9, lambda each: len(each.sites), _COUNT),
        _Column(text("Silent offices"), 10, lambda each: len(each.silent), _COUNT),
        _Column(text("Lines withheld"), 10, lambda each: len(each.withheld), _COUNT),
        _Column(text("With what is withheld: at least"), 14, lambda each: each.could_be and each.could_be.low, _SHARE),
        _Column(text("With what is withheld: at most"), 14, lambda each: each.could_be and each.could_be.high, _SHARE),
        _Column(text("Reason"), 36, telling.why_not),
    ]


def _of_figures(telling: NationTelling) -> list[_Column]:
    text = telling.text
    return [
        _Column(text("Indicator"), 46, telling.called),
        _Column(text("Unit"), 10, lambda each: text(words.UNITS[each.indicator.unit])),
        _Column(text("Target"), 10, lambda each: each.indicator.target, _OWN),
        *_figures(telling),
        *_sums(telling),
    ]


def _of_units(telling: NationTelling) -> list[_Column]:
    text = telling.text
    return [
        _Column(text("Name"), 34, lambda each: each.unit.label),
        _Column(text("Region"), 24, lambda each: each.unit.region),
        _Column(text("Calls"), 12, lambda each: each.indicator.raw.whole, _COUNT),
        *_figures(telling),
        *_sums(telling),
    ]


def _of_offices(scope: Scope, telling: NationTelling) -> list[_Column]:
    text = telling.text
    return [
        _Column(text("Office"), 34, lambda each: each.unit.label),
        _Column(text("Site"), 18, lambda each: each.unit.name),
        _Column(text("Region"), 24, lambda each: each.unit.region),
        _Column(text("Department"), 20, lambda each: each.unit.department),
        _Column(text("Beside the others"), 18, lambda each: telling.verdict(each.point)),
        _Column(text("Deviations above the others"), 12, lambda each: each.point.z if each.point else None, "0.0"),
        _Column(text("Calls"), 12, lambda each: each.indicator.raw.whole, _COUNT),
        *_figures(telling),
        _Column(text("Coverage"), 10, lambda each: each.indicator.coverage, "0.0%"),
        _Column(text("Lines withheld"), 10, lambda each: len(each.withheld), _COUNT),
        _Column(text("Published"), 26, lambda each: telling.edition(scope.edition(each.unit))),
    ]


def _withheld(pen: Pen, title: str, scope: Scope, telling: NationTelling) -> None:
    """Write the sheet of the lines that are withheld, where there are any."""
    whole, text, offices = of_all_lines(scope, scope.unit), telling.text, scope.rolled.offices
    if not whole.withheld:
        return
    sheet = pen.sheet(text("Withheld").capitalize()[:31], landscape=True)
    pen.title(sheet, title, 16)
    heads = (text("Office"), text("Line"), text("Reason"), text("Calls"))
    bounds = (text("With what is withheld: at least"), text("With what is withheld: at most"))
    pen.row(sheet, _HEAD, (*heads, *bounds), **HEAD)
    for at, width in enumerate((34, 24, 44, 12, 14, 14)):
        sheet.set_column(at, at, width)
    for row, each in enumerate(whole.withheld, _HEAD + 1):
        unit = offices[each.site]
        pen.row(sheet, row, (unit.label, unit.lines[each.line].label, telling.kept_back(each)), **RULED)
        for at, (cell, shape) in enumerate(((each.calls, _COUNT), (each.low, _SHARE), (each.high, _SHARE)), 3):
            pen.put(sheet, row, at, cell, **RULED, num_format=shape)
