"""The sheet of one indicator, laid out as a "fiche indicateur": unit, figures, source, computation, bias and trace."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from agents.pages import sheets, words
from agents.totals.months import FORMATS, SheetSeries, series_of
from agents.totals.pen import HEAD, LINE, NAME, RULED, CellValue, Pen, lines
from agents.totals.sheet_chart import draw
from agents.totals.telling import Telling
from agents.writing import NOTHING
from streams.indicators.annual import Annual
from streams.indicators.indicator import Figure, Indicator

_LAST: Final = 7  # column
_WIDE: Final = 98  # width in digits of a line across the second to the last column


def fiche(pen: Pen, sheet: Worksheet, annual: Annual, each: Indicator, telling: Telling) -> None:
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 20)
    sheet.set_column(2, _LAST + 1, 13)
    text = telling.text
    pen.title(sheet, telling.name(each), 14)
    row = _figures(pen, sheet, 3, each, telling)
    sheet_words = sheets.SHEETS[each.kind]
    row = _say(pen, sheet, row, text("Source of the data"), text(sheets.SOURCES[each.of]))
    row = _say(pen, sheet, row, text("How it is computed"), text(sheets.about(sheet_words.computed, each)))
    row = _say(pen, sheet, row, text("Bias and limits"), text(sheet_words.bias))
    if told := telling.breaks(each):
        row = _say(pen, sheet, row, text("Break in the series"), *told)
    row = _incidents(pen, sheet, row + 1, annual, each, telling)
    for series in series_of(annual, each, telling):
        row = _series(pen, sheet, row + 1, series, telling.name(each))


def _figures(pen: Pen, sheet: Worksheet, row: int, each: Indicator, telling: Telling) -> int:
    text = telling.text
    method = text(words.METHODS[each.method])
    if each.guard is not None:
        method = telling.withheld(each)
    raw, corrected, before = each.raw, each.corrected, each.before
    figure = {"num_format": FORMATS[each.unit]}
    lines: tuple[tuple[str, CellValue, dict[str, Any]], ...] = (
        (text("Unit"), text(words.UNITS[each.unit]), {}),
        (text("Period counted"), _counted(each, telling), {}),
        (text("Realised, raw value"), raw.value, figure),
        (text("    that is"), _fraction(raw, telling), {}),
        (text("Realised, corrected value"), corrected.value, {**figure, "bold": True}),
        (text("    that is"), _fraction(corrected, telling), {}),
        (text("    95% interval, low"), corrected.low, figure),
        (text("    95% interval, high"), corrected.high, figure),
        (text("Target (to reach)") if each.at_least else text("Target (to stay below)"), each.target, figure),
        (text("Target met (raw / corrected)"), f"{telling.yes(raw.met)} / {telling.yes(corrected.met)}", {}),
        (text("Year before, corrected value"), before.corrected if before else None, figure),
        (text("Coverage"), each.coverage, {"num_format": "0.0%"}),
        (
            text("Status (raw / corrected)"),
            f"{text(words.STATUSES[raw.status])} / {text(words.STATUSES[corrected.status])}",
            {},
        ),
        (text("Correction"), method, {}),
    )
    for below, (name, cell, properties) in enumerate(lines, row):
        pen.put(sheet, below, 0, name, **NAME)
        pen.put(sheet, below, 1, cell, align="left", **properties)
    return row + len(lines)


def _say(pen: Pen, sheet: Worksheet, row: int, name: str, *texts: str) -> int:
    """Write texts below each other across the sheet; return the next row."""
    pen.put(sheet, row, 0, name, **NAME)
    sheet.merge_range(row, 1, row, _LAST, "", pen.format(text_wrap=True))
    pen.put(sheet, row, 1, "\n".join(texts), text_wrap=True)
    sheet.set_row(row, LINE * sum(lines(text, _WIDE) for text in texts))
    return row + 1


def _incidents(pen: Pen, sheet: Worksheet, row: int, annual: Annual, each: Indicator, telling: Telling) -> int:
    """Write the incidents that affect an indicator; return the next row."""
    text = telling.text
    pen.put(sheet, row, 0, text("Stretches left out, and why"), bold=True, font_size=12)
    found = annual.behind(each)
    if not found:
        pen.put(sheet, row + 1, 0, text("no stretch"))
        return row + 2
    heads = (text("Incident"), text("Reason"), text("From"), text("To"), text("Detected"), text("Decision"))
    pen.row(sheet, row + 1, heads, **HEAD)
    row += 2
    for incident in found:
        moments = (_moment(moment, telling) for moment in (*incident.bounds(), incident.detected))
        kind, standing = telling.what(incident), telling.text(words.STANDINGS[incident.status])
        pen.row(sheet, row, (incident.id, kind, *moments, standing), text_wrap=True)
        sheet.set_row(row, 2 * LINE)  # for long ids
        row = _say(pen, sheet, row + 1, text("Finding"), *map(telling.says, incident.evidence))
    return row


def _series(pen: Pen, sheet: Worksheet, row: int, series: SheetSeries, name: str) -> int:
    """Write a series of an indicator and its chart; return the next row."""
    pen.put(sheet, row, 0, series.title, bold=True, font_size=12)
    pen.row(sheet, row + 1, (series.first,), **HEAD)
    for column, each in enumerate(series.columns, 1):
        pen.put(sheet, row + 1, column, each.head, align="right", **HEAD)
    sheet.set_row(row + 1, 2 * LINE)
    for below, (named, cells) in enumerate(series.rows, row + 2):
        pen.put(sheet, below, 0, named, **RULED)
        for column, (each, cell) in enumerate(zip(series.columns, cells, strict=True), 1):
            pen.put(sheet, below, column, cell, num_format=each.format, **RULED)
    return draw(pen, sheet, row + 1, series, f"{name} ({series.title.lower()})")


def _counted(each: Indicator, telling: Telling) -> str:
    """Return the days counted, in words; a survey has none."""
    if each.counted is not None:
        return telling.period(each.counted)
    return telling.text("nothing") if each.raw.value is None else NOTHING


def _fraction(figure: Figure, telling: Telling) -> str:
    whole = telling.number(figure.whole)
    if figure.whole is None or figure.part is None:
        return whole
    return telling.text("{part} of {whole}", part=telling.number(figure.part), whole=whole)


def _moment(at: int, telling: Telling) -> str:
    return datetime.fromtimestamp(at / 1000, telling.zone).strftime("%d/%m/%Y %H:%M")
