"""A year's indicators as an Excel workbook: a summary, and a sheet for each as auditors of the budget expect it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from agents.history.incident_json import moment
from agents.language import Language
from agents.pages import words
from agents.pages.breaks import BETWEEN
from agents.pages.broken import broken
from agents.totals.fiche import FORMATS, fiche
from agents.totals.pen import HEAD, SOFT, CellValue, Pen
from agents.totals.table import corrected_by
from agents.totals.telling import Telling
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.indicators.vintage import Vintage

_WIDTHS: Final = (44, 8, 8, 9, 10, 10, 10, 8, 8, 8, 9, 9, 9, 44, 44)  # of the columns of the summary
_LINE: Final = 15  # points
_AS_TEXT: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_NO_EDITION: Final = datetime(1980, 1, 1, tzinfo=UTC)  # so that the same figures make the same file


def workbook(
    annual: Annual,
    zone: ZoneInfo,
    language: Language,
    vintage: Vintage | None = None,
    breaches: Sequence[Breach] = (),
) -> bytes:
    """Return the workbook (XLSX) in one language; every sheet says what does not hold of its figures."""
    telling = Telling(language)
    text = telling.text
    wrong = broken(breaches, telling.language)
    file = BytesIO()
    with Workbook(file, {"in_memory": True, **_AS_TEXT}) as book:
        created = _NO_EDITION if vintage is None else datetime.fromtimestamp(vintage.at / 1000, UTC)
        title = text("Quality indicators {period}, {site}", period=telling.period(annual.period), site=annual.site)
        book.set_properties({"title": title, "created": created.replace(tzinfo=None)})
        pen = Pen(book)
        edition = text("Free period, no vintage")
        if vintage is not None:
            edition = text(
                "Vintage {number} of {when}; digest {digest}",
                number=vintage.number,
                when=moment(vintage.at, zone),
                digest=vintage.digest,
            )
        sheets = [pen.sheet(text("Summary"), landscape=True)]
        _summary(pen, sheets[0], annual, zone, (title, edition), telling)
        for number, each in enumerate(annual.indicators, 1):
            sheets.append(pen.sheet(_sheet_name(number, each)))
            fiche(pen, sheets[-1], annual, each, zone, telling)
        if wrong is not None:
            for sheet in sheets:
                pen.put(sheet, 2, 0, wrong, bold=True, font_color="#C00000")
    return file.getvalue()


def _summary(
    pen: Pen, sheet: Worksheet, annual: Annual, zone: ZoneInfo, heads: tuple[str, str], telling: Telling
) -> None:
    title, edition = heads
    pen.put(sheet, 0, 0, title, bold=True, font_size=16)
    pen.put(sheet, 1, 0, edition, **SOFT)
    pen.row(sheet, 3, _columns(telling), **HEAD)
    sheet.set_row(3, 2 * _LINE)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    for row, each in enumerate(annual.indicators, 4):
        _summarise(pen, sheet, row, (annual, zone, telling), each)
    notes = telling.semicolon.join(f"{code} {telling.text(both)}" for code, both in words.STATUSES.items())
    pen.put(sheet, 5 + len(annual.indicators), 0, telling.text("Statuses (SDMX): {statuses}", statuses=notes), **SOFT)
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(3)


def _columns(telling: Telling) -> tuple[str, ...]:
    """Return the heads of the summary's columns."""
    text = telling.text
    return (
        *(text("Indicator"), text("Unit"), text("Target (<)"), text("Raw value"), text("Raw status")),
        *(text("Corrected value"), text("Corrected status"), text("Low (95%)"), text("High (95%)"), text("Cov.")),
        *(text("Met (raw)"), text("Met (corrected)"), text("Year before"), text("Break in the series")),
        text("Reason"),
    )


def _summarise(pen: Pen, sheet: Worksheet, row: int, of: tuple[Annual, ZoneInfo, Telling], each: Indicator) -> None:
    """Write an indicator's row; one that is corrected stands out, with its raw value struck."""
    telling = of[-1]
    wrong = each.method != "none"
    text = {"bottom": 4, "text_wrap": True, **({"bg_color": "#FDE9D9"} if wrong else {})}
    figure = {**text, "num_format": FORMATS[each.unit]}
    raw, corrected, before = each.raw, each.corrected, each.before
    cells: tuple[tuple[CellValue, dict[str, Any]], ...] = (
        (telling.name(each), text),
        (telling.text(words.UNITS[each.unit]), text),
        (each.target, figure),
        (raw.value, {**figure, "font_strikeout": wrong}),
        (telling.text(words.STATUSES[raw.status]), text),
        (corrected.value, {**figure, "bold": True}),
        (telling.text(words.STATUSES[corrected.status]), text),
        (corrected.low, figure),
        (corrected.high, figure),
        (each.coverage, {**text, "num_format": "0.0%"}),
        (telling.yes(raw.met), text),
        (telling.yes(corrected.met), text),
        (before.corrected if before else None, figure),
        (BETWEEN.join(telling.breaks(each)), text),
        (_reason(*of, each) if wrong else "", text),
    )
    for column, (cell, properties) in enumerate(cells):
        pen.put(sheet, row, column, cell, **properties)
    lines = (1 + len(cell) // width for (cell, _), width in zip(cells, _WIDTHS, strict=True) if isinstance(cell, str))
    sheet.set_row(row, _LINE * max(lines))


def _reason(annual: Annual, zone: ZoneInfo, telling: Telling, each: Indicator) -> str:
    """Say why an indicator is corrected, and how, or why it is withheld."""
    if each.guard is not None:
        return telling.withheld(each, zone)
    behind = [incident for incident in annual.incidents if incident.id in each.incidents]
    kinds = dict.fromkeys(telling.text(words.MISCOUNTS[incident.kind]) for incident in behind)
    return telling.colon.join([", ".join(kinds), *corrected_by(each, telling)])


def _sheet_name(number: int, each: Indicator) -> str:
    """Return a sheet's name: unlike any other, at most 31 characters, without those that Excel refuses."""
    clean = "".join(" " if letter in "[]:*?/\\'" else letter for letter in f"{number:02} {each.label}")
    return clean[:31].strip()
