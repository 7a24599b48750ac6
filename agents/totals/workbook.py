"""A year's indicators as an Excel workbook: a summary, and a sheet for each as auditors of the budget expect it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from agents.language import Language
from agents.pages import words
from agents.pages.breaks import BETWEEN
from agents.pages.broken import broken
from agents.pages.sums import told
from agents.totals.fiche import fiche
from agents.totals.months import FORMATS
from agents.totals.pen import HEAD, LINE, RULED, SOFT, CellValue, Pen, lines
from agents.totals.table import corrected_by
from agents.totals.telling import Telling
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.indicators.vintage import Vintage
from streams.insight.line_sums import BrokenSum

_WIDTHS: Final = (46, 9, 9, 9, 13, 10, 13, 9, 9, 9, 10, 10, 12, 20, 40)  # of the columns of the summary
_FIGURES: Final = {2, 3, 5, 7, 8, 9, 12}  # columns
_HEAD: Final = 3  # row of the summary's head
_AS_TEXT: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_NO_EDITION: Final = datetime(1980, 1, 1, tzinfo=UTC)  # so that the same figures make the same file


def workbook(
    annual: Annual,
    zone: ZoneInfo,
    language: Language,
    vintage: Vintage | None = None,
    breaches: Sequence[Breach] = (),
    sums: Sequence[BrokenSum] = (),
    office: str = "",
) -> bytes:
    """Return the workbook (XLSX) in one language; every sheet says what does not hold of its figures.

    The summary ends with `sums`: lines that are not the sum of their parts. `office` is whose figures they are, the
    site where it has no name.
    """
    telling = Telling(language)
    text = telling.text
    wrong = broken(breaches, telling.language)
    file = BytesIO()
    with Workbook(file, {"in_memory": True, **_AS_TEXT}) as book:
        created = _NO_EDITION if vintage is None else datetime.fromtimestamp(vintage.at / 1000, UTC)
        title = text(
            "Quality indicators {period}, {site}", period=telling.period(annual.period), site=office or annual.site
        )
        book.set_properties({"title": title, "created": created.replace(tzinfo=None)})
        pen = Pen(book)
        sheets = [pen.sheet(text("Summary"), landscape=True)]
        pen.title(sheets[0], title, 16)
        pen.put(sheets[0], 1, 0, _edition(annual, vintage, zone, telling), **SOFT)
        _summary(pen, sheets[0], annual, zone, telling)
        notes = _HEAD + 2 + len(annual.indicators)
        statuses = telling.semicolon.join(f"{code} {text(both)}" for code, both in words.STATUSES.items())
        below = [text("Statuses (SDMX): {statuses}", statuses=statuses)]
        if vintage is not None:
            below.append(text("Digest of the figures (SHA-256): {digest}", digest=vintage.digest))
        for row, sentence in enumerate(below, notes):
            pen.put(sheets[0], row, 0, sentence, **SOFT)
        for row, sentence in enumerate(told(sums, language), notes + len(below)):
            pen.put(sheets[0], row, 0, sentence)
        for number, each in enumerate(annual.indicators, 1):
            sheets.append(pen.sheet(_sheet_name(number, each)))
            fiche(pen, sheets[-1], annual, each, zone, telling)
        if wrong is not None:
            for sheet in sheets:
                pen.put(sheet, 2, 0, wrong, bold=True, font_color="#C00000")
    return file.getvalue()


def _edition(annual: Annual, vintage: Vintage | None, zone: ZoneInfo, telling: Telling) -> str:
    """Say which edition it is, or as of which day the figures are."""
    if vintage is None:
        return telling.text("Not an edition: the figures as of {day}.", day=telling.day(annual.today))
    return telling.text("Vintage {number} of {when}", number=vintage.number, when=telling.local(vintage.at, zone))


def _summary(pen: Pen, sheet: Worksheet, annual: Annual, zone: ZoneInfo, telling: Telling) -> None:
    """Write the table of all indicators, with a head that stays and filters."""
    for column, (head, width) in enumerate(zip(_columns(telling), _WIDTHS, strict=True)):
        beside = {"align": "right"} if column in _FIGURES else {"align": "left", "indent": 1}
        pen.put(sheet, _HEAD, column, head, **HEAD, **beside)
        sheet.set_column(column, column, width)
    sheet.set_row(_HEAD, 2 * LINE)
    for row, each in enumerate(annual.indicators, _HEAD + 1):
        _summarise(pen, sheet, row, (annual, zone, telling), each)
    sheet.autofilter(_HEAD, 0, _HEAD + len(annual.indicators), len(_WIDTHS) - 1)
    sheet.freeze_panes(_HEAD + 1, 1)
    sheet.repeat_rows(_HEAD)


def _columns(telling: Telling) -> tuple[str, ...]:
    """Return the heads of the summary's columns."""
    text = telling.text
    return (
        *(text("Indicator"), text("Unit"), text("Target"), text("Raw value"), text("Raw status")),
        *(text("Corrected value"), text("Corrected status"), text("Low (95%)"), text("High (95%)"), text("Cov.")),
        *(text("Met (raw)"), text("Met (corrected)"), text("Year before"), text("Break in the series")),
        text("Reason"),
    )


def _summarise(pen: Pen, sheet: Worksheet, row: int, of: tuple[Annual, ZoneInfo, Telling], each: Indicator) -> None:
    """Write an indicator's row; one that is corrected stands out, with its raw value struck."""
    telling = of[-1]
    wrong = each.method != "none" or each.guard is not None
    cell_of = {**RULED, **({"bg_color": "#FDE9D9"} if wrong else {})}
    text, figure = (
        {**cell_of, "text_wrap": True, "align": "left", "indent": 1},
        {**cell_of, "num_format": FORMATS[each.unit]},
    )
    raw, corrected, before = each.raw, each.corrected, each.before
    cells: tuple[tuple[CellValue, dict[str, Any]], ...] = (
        (telling.name(each), text),
        (telling.text(words.UNITS[each.unit]), text),
        (each.target, {**figure, "num_format": f'"{"≥" if each.at_least else "<"} "{FORMATS[each.unit]}'}),
        (raw.value, {**figure, "font_strikeout": wrong}),
        (telling.text(words.STATUSES[raw.status]), text),
        (corrected.value, {**figure, "bold": True}),
        (telling.text(words.STATUSES[corrected.status]), text),
        (corrected.low, figure),
        (corrected.high, figure),
        (each.coverage, {**cell_of, "num_format": "0.0%"}),
        (telling.yes(raw.met), text),
        (telling.yes(corrected.met), text),
        (before.corrected if before else None, figure),
        (BETWEEN.join(telling.breaks(each)), text),
        (_reason(*of, each) if wrong else "", text),
    )
    for column, (cell, properties) in enumerate(cells):
        pen.put(sheet, row, column, cell, **properties)
    heights = (lines(cell, width) for (cell, _), width in zip(cells, _WIDTHS, strict=True) if isinstance(cell, str))
    sheet.set_row(row, LINE * max(heights))


def _reason(annual: Annual, zone: ZoneInfo, telling: Telling, each: Indicator) -> str:
    """Say why an indicator is corrected, and how, or why it is withheld."""
    if each.guard is not None:
        return telling.withheld(each, zone)
    kinds = dict.fromkeys(telling.text(words.MISCOUNTS[incident.kind]) for incident in annual.behind(each))
    return telling.colon.join([", ".join(kinds), *corrected_by(each, telling)])


def _sheet_name(number: int, each: Indicator) -> str:
    """Return a sheet's name: unlike any other, at most 31 characters, without those that Excel refuses."""
    clean = "".join(" " if letter in "[]:*?/\\" else letter for letter in f"{number:02} {each.label}")
    return clean[:31].strip(" '")
