r"""The first sheet of a workbook, of Excel (xlsx, xlsm, xlsb, xls) or LibreOffice (ods), as the lines of a CSV.

A row of the sheet is one line, so a line has its row's number. Dates and times are in ISO 8601, durations in hours,
minutes and seconds, and numbers without a thousands separator.

>>> from io import BytesIO
>>> from xlsxwriter import Workbook
>>> file = BytesIO()
>>> with Workbook(file) as book:
...     _ = book.add_worksheet("Appels").write_row(0, 0, ["7", "Mende, accueil", 12])
>>> _ = file.seek(0)
>>> list(sheet_lines(file))
[b'7,"Mende, accueil",12\r\n']

Reference: https://docs.rs/calamine, whose binding is python-calamine.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from io import StringIO
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from streams.said import Said, said


class SheetError(ValueError):
    """A file from which no sheet can be read, with the reason."""


def sheet_lines(file: IO[bytes], notice: Callable[[Said], object] | None = None) -> Iterator[bytes]:
    """Yield the first visible sheet as lines of CSV in UTF-8; `notice` is called if there are further sheets.

    Raises `SheetError`, before any line.
    """
    try:
        book = CalamineWorkbook.from_filelike(file)
        sheets = [
            sheet.name
            for sheet in book.sheets_metadata
            if (sheet.typ, sheet.visible) == (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
        ]
        rows = book.get_sheet_by_name(sheets[0]).iter_rows() if sheets else iter(())
    except CalamineError as error:
        raise SheetError(str(error)) from None
    if len(sheets) > 1 and notice is not None:
        notice(said("the sheet {name} was read, the first of {count}", name=repr(sheets[0]), count=len(sheets)))
    line = StringIO()
    write = csv.writer(line).writerow
    for row in rows:
        write(map(_written, row))
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def _written(cell: str | float | bool | date | time | timedelta) -> str:  # noqa: FBT001 -- a cell's value
    r"""Return a cell as text.

    >>> [_written(cell) for cell in (466490000.0, 0.5, True, timedelta(hours=30, seconds=2.5), "two\nlines")]
    ['466490000', '0.5', 'true', '30:00:02.500', 'two lines']
    >>> _written(date(2026, 3, 4)), _written(time(9, 2))
    ('2026-03-04', '09:02:00')
    """
    match cell:
        case str():
            return " ".join(cell.splitlines())
        case bool():
            return str(cell).lower()
        case float():
            return str(int(cell)) if cell.is_integer() else str(cell)
        case timedelta():
            minutes, milliseconds = divmod(round(cell.total_seconds() * 1000), 60_000)
            seconds = f"{milliseconds / 1000:06.3f}".removesuffix(".000")
            return f"{minutes // 60:02}:{minutes % 60:02}:{seconds}"
        case _:
            return str(cell)
