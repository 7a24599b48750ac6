"""Writing into a workbook: every text as text, so that none becomes a formula or a link."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from textwrap import wrap
from typing import Any, Final, TypeAlias

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

CellValue: TypeAlias = str | float | None

HEAD: Final = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True}
NAME: Final = {"bold": True, "bg_color": "#DCE6F1", "border": 1, "border_color": "#FFFFFF", "text_wrap": True}
SOFT: Final = {"font_color": "#555555"}
RULED: Final = {"bottom": 1, "bottom_color": "#D0D7DE"}
_LETTERS: Final = 1.15  # letters that fit in the width of a digit; most letters are narrower
LINE: Final = 15  # points of a line of text
_FOOTER: Final = 200  # characters; Excel accepts 255, including its codes
A4: Final = 9  # as Excel numbers paper
_AS_TEXT: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_NO_EDITION: Final = datetime(1980, 1, 1, tzinfo=UTC)  # so that the same figures make the same file


@contextmanager
def workbook_into(file: BytesIO, title: str, created: int | None = None) -> Iterator[Pen]:
    """Yield the pen of a workbook created at a moment (epoch ms); write the file when the block ends."""
    at = _NO_EDITION if created is None else datetime.fromtimestamp(created / 1000, UTC)
    with Workbook(file, {"in_memory": True, **_AS_TEXT}) as book:
        book.set_properties({"title": title, "created": at.replace(tzinfo=None)})
        yield Pen(book)


class Pen:
    """Writes cells of a workbook; each format exists once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._formats: dict[str, Format] = {}

    def sheet(self, name: str, *, landscape: bool = False) -> Worksheet:
        """Return a new sheet that prints on A4, as wide as the page."""
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.hide_gridlines(2)
        if landscape:
            sheet.set_landscape()
        return sheet

    def warn(self, sheet: Worksheet, wrong: str | None) -> None:
        """Write in red which data was altered, if any."""
        if wrong is not None:
            self.put(sheet, 2, 0, wrong, bold=True, font_color="#C00000")

    def title(self, sheet: Worksheet, title: str, size: int) -> None:
        """Write the title in the first row, and in the footer of each printed page."""
        self.put(sheet, 0, 0, title, bold=True, font_size=size, valign="vcenter")
        sheet.set_row(0, 2 * size)
        sheet.set_footer(f"&L{title.replace('&', '&&')[:_FOOTER]}&R&P / &N")

    def put(self, sheet: Worksheet, row: int, column: int, cell: CellValue, **properties: Any) -> None:  # noqa: ANN401 -- as xlsxwriter names them
        """Write a cell: a number as a number, a text as a text, None as an empty cell."""
        style = self.format(**properties)
        if cell is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(cell, str):
            sheet.write_string(row, column, cell, style)
        else:
            sheet.write_number(row, column, cell, style)

    def row(self, sheet: Worksheet, row: int, cells: Iterable[CellValue], **properties: Any) -> None:  # noqa: ANN401 -- the same
        for column, cell in enumerate(cells):
            self.put(sheet, row, column, cell, **properties)

    def format(self, **properties: Any) -> Format:  # noqa: ANN401 -- the same
        key = repr(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": "Arial", "valign": "top", **properties})
        return self._formats[key]


def lines(text: str, width: int) -> int:
    r"""Return how many lines a text takes in a column of a width in digits.

    >>> lines("Calls counted twice", 12), lines("", 12), lines("a\nb", 12)
    (2, 1, 2)
    """
    return sum(max(1, len(wrap(part, round(width * _LETTERS)))) for part in text.split("\n"))
