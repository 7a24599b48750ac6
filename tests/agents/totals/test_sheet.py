"""A table on a sheet: heads, numbers in their formats, and rows that stand out."""

from __future__ import annotations

from io import BytesIO

import openpyxl

from agents.language import Language
from agents.totals.columns import figure_columns
from agents.totals.pen import workbook_into
from agents.totals.rows import office_rows
from agents.totals.sheet import HEAD_ROW, put_table
from agents.totals.telling import Telling
from tests.agents.totals.year import PARIS, wrong, year


def test_a_table_has_heads_filters_and_rows_that_stand_out() -> None:
    telling, rows, file = Telling(Language.EN, PARIS), office_rows(year(wrong())), BytesIO()
    columns = [(each, 9) for each in figure_columns(telling) if each.name in {"unit", "corrected"}]
    with workbook_into(file, "Indicators") as pen:
        put_table(pen, pen.sheet("All"), columns, rows, telling.text, lambda row: row is rows[0])
    sheet = openpyxl.load_workbook(file)["All"]
    head, first, second = HEAD_ROW + 1, HEAD_ROW + 2, HEAD_ROW + 3  # openpyxl counts from 1
    assert [cell.value for cell in sheet[head]] == ["Unit", "Corrected value"]
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == (f"A{head}:B{head + len(rows)}", f"B{first}")
    assert (sheet.cell(first, 2).value, sheet.cell(first, 2).number_format) == (0.02, "0.00%")
    assert sheet.cell(first, 1).fill.fgColor.rgb == "FFFDE9D9" != sheet.cell(second, 1).fill.fgColor.rgb
