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
from agents.pages import words, written
from agents.pages.breaks import all_said, in_one
from agents.pages.broken import broken
from agents.pages.withheld import withheld
from agents.totals.fiche import FORMATS, fiche, yes
from agents.totals.pen import HEAD, SOFT, CellValue, Pen
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.indicators.vintage import Vintage

_WIDTHS: Final = {
    "Indicateur": 44,
    "Unité": 8,
    "Cible (<)": 8,
    "Valeur brute": 9,
    "Statut brut": 10,
    "Valeur corrigée": 10,
    "Statut corrigé": 10,
    "Bas (95 %)": 8,
    "Haut (95 %)": 8,
    "Couv.": 8,
    "Atteinte (brut)": 9,
    "Atteinte (corrigé)": 9,
    "Année préc.": 9,
    "Rupture de série": 44,
    "Motif": 44,
}
_LINE: Final = 15  # points
_AS_TEXT: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_NO_EDITION: Final = datetime(1980, 1, 1, tzinfo=UTC)  # so that the same figures make the same file


def workbook(annual: Annual, zone: ZoneInfo, vintage: Vintage | None = None, breaches: Sequence[Breach] = ()) -> bytes:
    """Return the workbook (XLSX); every sheet says what does not hold of its figures."""
    wrong = broken(breaches)
    file = BytesIO()
    with Workbook(file, {"in_memory": True, **_AS_TEXT}) as book:
        created = _NO_EDITION if vintage is None else datetime.fromtimestamp(vintage.at / 1000, UTC)
        title = f"Indicateurs de qualité {written.period(annual.period).fr}, {annual.site}"
        book.set_properties({"title": title, "created": created.replace(tzinfo=None)})
        pen = Pen(book)
        edition = "Période libre, sans édition"
        if vintage is not None:
            edition = f"Édition {vintage.number} du {moment(vintage.at, zone)} ; empreinte {vintage.digest}"
        sheets = [pen.sheet("Synthèse", landscape=True)]
        _summary(pen, sheets[0], annual, zone, (title, edition))
        for number, each in enumerate(annual.indicators, 1):
            sheets.append(pen.sheet(_sheet_name(number, each)))
            fiche(pen, sheets[-1], annual, each, zone)
        if wrong is not None:
            for sheet in sheets:
                pen.put(sheet, 2, 0, wrong.fr, bold=True, font_color="#C00000")
    return file.getvalue()


def _summary(pen: Pen, sheet: Worksheet, annual: Annual, zone: ZoneInfo, heads: tuple[str, str]) -> None:
    title, edition = heads
    pen.put(sheet, 0, 0, title, bold=True, font_size=16)
    pen.put(sheet, 1, 0, edition, **SOFT)
    pen.row(sheet, 3, _WIDTHS, **HEAD)
    sheet.set_row(3, 2 * _LINE)
    for column, width in enumerate(_WIDTHS.values()):
        sheet.set_column(column, column, width)
    for row, each in enumerate(annual.indicators, 4):
        _summarise(pen, sheet, row, (annual, zone), each)
    notes = " ; ".join(f"{code} {both.fr}" for code, both in words.STATUSES.items())
    pen.put(sheet, 5 + len(annual.indicators), 0, f"Statuts (SDMX) : {notes}", **SOFT)
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(3)


def _summarise(pen: Pen, sheet: Worksheet, row: int, of: tuple[Annual, ZoneInfo], each: Indicator) -> None:
    """Write an indicator's row; one that is corrected stands out, with its raw value struck."""
    wrong = each.method != "none"
    text = {"bottom": 4, "text_wrap": True, **({"bg_color": "#FDE9D9"} if wrong else {})}
    figure = {**text, "num_format": FORMATS[each.unit]}
    raw, corrected, before = each.raw, each.corrected, each.before
    cells: tuple[tuple[CellValue, dict[str, Any]], ...] = (
        (f"{words.title(each).fr} : {each.label}", text),
        (words.UNITS[each.unit].fr, text),
        (each.target, figure),
        (raw.value, {**figure, "font_strikeout": wrong}),
        (words.STATUSES[raw.status].fr, text),
        (corrected.value, {**figure, "bold": True}),
        (words.STATUSES[corrected.status].fr, text),
        (corrected.low, figure),
        (corrected.high, figure),
        (each.coverage, {**text, "num_format": "0.0%"}),
        (yes(raw.met), text),
        (yes(corrected.met), text),
        (before.corrected if before else None, figure),
        (in_one(all_said(each)).fr, text),
        (_reason(*of, each) if wrong else "", text),
    )
    for column, (cell, properties) in enumerate(cells):
        pen.put(sheet, row, column, cell, **properties)
    lines = (
        1 + len(cell) // width
        for (cell, _), width in zip(cells, _WIDTHS.values(), strict=True)
        if isinstance(cell, str)
    )
    sheet.set_row(row, _LINE * max(lines))


def _reason(annual: Annual, zone: ZoneInfo, each: Indicator) -> str:
    """Say why an indicator is corrected, and how, or why it is withheld."""
    if each.guard is not None:
        return withheld(each.guard, each.coverage, zone).fr
    behind = [incident for incident in annual.incidents if incident.id in each.incidents]
    kinds = dict.fromkeys(words.MISCOUNTS[incident.kind].fr for incident in behind)
    flips = " ; l'erreur de comptage décide de la cible" if each.flips else ""
    return f"{', '.join(kinds)} : {words.METHODS[each.method].fr}{flips}"


def _sheet_name(number: int, each: Indicator) -> str:
    """Return a sheet's name: unlike any other, at most 31 characters, without those that Excel refuses."""
    clean = "".join(" " if letter in "[]:*?/\\'" else letter for letter in f"{number:02} {each.label}")
    return clean[:31].strip()
