"""A year's indicators in Excel: a summary, and for each indicator a sheet in the form that budget auditors expect."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.pages import words
from agents.pages.sums import told
from agents.pages.withheld import broken
from agents.totals.columns import FigureColumn
from agents.totals.fiche import fiche
from agents.totals.months import FORMATS
from agents.totals.pen import LINE, SOFT, lines, workbook_into
from agents.totals.rows import OfficeRow, office_columns, office_rows
from agents.totals.sheet import HEAD_ROW, put_table
from agents.totals.table import corrected_by
from agents.totals.telling import Telling
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.indicators.vintage import Vintage
from streams.insight.line_sums import BrokenSum
from streams.said import said

_COLUMNS: Final = (  # of the summary, with their widths in digits
    *(("label", 46), ("unit", 9), ("target", 9), ("raw", 9), ("raw_status", 13), ("corrected", 10)),
    *(("corrected_status", 13), ("low", 9), ("high", 9), ("coverage", 9), ("raw_met", 10), ("corrected_met", 10)),
    *(("before_corrected", 12), ("breaks", 20), ("guard", 40)),
)
_WORDS: Final = {"align": "left", "indent": 1}


def workbook(
    annual: Annual,
    zone: ZoneInfo,
    language: Language,
    vintage: Vintage | None = None,
    breaches: Sequence[Breach] = (),
    sums: Sequence[BrokenSum] = (),
    office: str = "",
) -> bytes:
    """Return the workbook (XLSX) in one language; every sheet warns of breaches.

    The summary ends with `sums`: lines that are not the sum of their parts. The title has the name of the `office`, or
    the site.
    """
    telling, file = Telling(language, zone), BytesIO()
    text = telling.text
    wrong = broken(breaches, telling.language)
    title = text(
        "Quality indicators {period}, {site}", period=telling.period(annual.period), site=office or annual.site
    )
    with workbook_into(file, title, None if vintage is None else vintage.at) as pen:
        sheets = [pen.sheet(text("Summary"), landscape=True)]
        pen.title(sheets[0], title, 16)
        pen.put(sheets[0], 1, 0, _edition(annual, vintage, telling), **SOFT)
        columns, rows = _columns(telling), office_rows(annual)
        put_table(pen, sheets[0], columns, rows, text, _is_wrong, _style, _WORDS)
        for number, row in enumerate(rows, HEAD_ROW + 1):
            cells = ((column.shown(row), width) for column, width in columns)
            sheets[0].set_row(number, LINE * max(lines(cell, width) for cell, width in cells if isinstance(cell, str)))
        notes = HEAD_ROW + 2 + len(rows)
        statuses = telling.semicolon.join(f"{code} {text(both)}" for code, both in words.STATUSES.items())
        below = [text("Statuses (SDMX): {statuses}", statuses=statuses)]
        if vintage is not None:
            below.append(text("Digest of the figures (SHA-256): {digest}", digest=vintage.digest))
        for row_no, sentence in enumerate(below, notes):
            pen.put(sheets[0], row_no, 0, sentence, **SOFT)
        for row_no, sentence in enumerate(told(sums, language), notes + len(below)):
            pen.put(sheets[0], row_no, 0, sentence)
        for number, each in enumerate(annual.indicators, 1):
            sheets.append(pen.sheet(_sheet_name(number, each)))
            fiche(pen, sheets[-1], annual, each, telling)
        for sheet in sheets:
            pen.warn(sheet, wrong)
    return file.getvalue()


def _edition(annual: Annual, vintage: Vintage | None, telling: Telling) -> str:
    """Return the edition, or the day of the figures."""
    if vintage is None:
        return telling.text("Not an edition: the figures as of {day}.", day=telling.day(annual.today))
    return telling.text("Vintage {number} of {when}", number=vintage.number, when=telling.local(vintage.at))


def _columns(telling: Telling) -> list[tuple[FigureColumn[OfficeRow], int]]:
    """Return the columns of the summary with their widths."""
    known = {each.name: each for each in office_columns(telling)}
    known["coverage"] = known["coverage"]._replace(head=said("Cov."))
    known["raw_met"] = known["raw_met"]._replace(read=lambda row: telling.yes(row.indicator.raw.met))
    known["corrected_met"] = known["corrected_met"]._replace(read=lambda row: telling.yes(row.indicator.corrected.met))
    known["before_corrected"] = known["before_corrected"]._replace(head=said("Year before"))
    known["guard"] = known["guard"]._replace(head=said("Reason"), read=lambda row: _reason(row, telling))
    return [(known[name], width) for name, width in _COLUMNS]


def _is_wrong(row: OfficeRow) -> bool:
    return row.indicator.method != "none" or row.indicator.guard is not None


def _style(column: FigureColumn[OfficeRow], row: OfficeRow) -> dict[str, Any]:
    """Return what marks a cell: a corrected value is bold, and its raw value struck out."""
    match column.name:
        case "target":
            sign = "≥" if row.indicator.at_least else "<"
            return {"num_format": f'"{sign} "{FORMATS[row.indicator.unit]}'}
        case "raw":
            return {"font_strikeout": _is_wrong(row)}
        case "corrected":
            return {"bold": True}
    return {}


def _reason(row: OfficeRow, telling: Telling) -> str:
    """Return why an indicator is corrected, and how, or why it is withheld; empty for a sound one."""
    annual, each = row
    if each.guard is not None or not _is_wrong(row):
        return telling.withheld(each)
    kinds = dict.fromkeys(telling.what(incident) for incident in annual.behind(each))
    return telling.colon.join([", ".join(kinds), *corrected_by(each, telling)])


def _sheet_name(number: int, each: Indicator) -> str:
    """Return a sheet's name: unique, at most 31 characters, without those that Excel refuses."""
    clean = "".join(" " if letter in "[]:*?/\\" else letter for letter in f"{number:02} {each.label}")
    return clean[:31].strip(" '")
