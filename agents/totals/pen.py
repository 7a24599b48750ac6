"""What writes into a workbook: every text as text, so that nothing in it becomes a formula or a link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

CellValue: TypeAlias = str | float | None

HEAD: Final = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True}
NAME: Final = {"bold": True, "bg_color": "#DCE6F1", "border": 1, "border_color": "#FFFFFF", "text_wrap": True}
SOFT: Final = {"font_color": "#555555"}
A4: Final = 9  # as Excel numbers paper


class Pen:
    """Write cells of a workbook, each format once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._formats: dict[str, Format] = {}

    def sheet(self, name: str, *, landscape: bool = False) -> Worksheet:
        """Return a new sheet that prints on A4, as wide as the page."""
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        if landscape:
            sheet.set_landscape()
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, cell: CellValue, **properties: Any) -> None:  # noqa: ANN401 -- as xlsxwriter names them
        """Write a cell: a number as a number, a text as a text, nothing for None."""
        style = self.format(**properties)
        if cell is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(cell, str):
            sheet.write_string(row, column, cell, style)
        else:
            sheet.write_number(row, column, cell, style)

    def row(self, sheet: Worksheet, row: int, cells: Iterable[CellValue], **properties: Any) -> None:  # noqa: ANN401 -- the same
        """Write cells beside each other."""
        for column, cell in enumerate(cells):
            self.put(sheet, row, column, cell, **properties)

    def format(self, **properties: Any) -> Format:  # noqa: ANN401 -- the same
        """Return a format."""
        key = repr(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": "Arial", "valign": "top", **properties})
        return self._formats[key]
