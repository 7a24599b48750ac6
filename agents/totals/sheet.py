"""A table of indicators on a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from agents.totals.columns import OWN, FigureColumn, Row
from agents.totals.months import FORMATS
from agents.totals.pen import HEAD, LINE, RULED, Pen
from agents.translation import Words

HEAD_ROW: Final = 3  # below title, edition and warning
_STANDS_OUT: Final = {"bg_color": "#FDE9D9"}


def put_table(
    pen: Pen,
    sheet: Worksheet,
    columns: Sequence[tuple[FigureColumn[Row], int]],
    rows: Sequence[Row],
    text: Words,
    stands_out: Callable[[Row], bool],
    style: Callable[[FigureColumn[Row], Row], Mapping[str, Any]] = lambda _column, _row: {},
    words: Mapping[str, Any] = {},
) -> None:
    """Write a table with a frozen head and filters.

    Each column has its width in digits. `words` is the format of cells with words; `style` adds to one cell's format.
    """
    for at, (column, width) in enumerate(columns):
        beside = {"align": "right"} if column.format else {"align": "left", **words}
        pen.put(sheet, HEAD_ROW, at, text(column.head), **HEAD, **beside)
        sheet.set_column(at, at, width)
    sheet.set_row(HEAD_ROW, 2 * LINE)
    for number, row in enumerate(rows, HEAD_ROW + 1):
        ruled = {**RULED, **(_STANDS_OUT if stands_out(row) else {})}
        for at, (column, _) in enumerate(columns):
            shape = FORMATS[row.indicator.unit] if column.format == OWN else column.format
            own = {"num_format": shape} if shape else {"text_wrap": True, **words}
            pen.put(sheet, number, at, column.shown(row), **{**ruled, **own, **style(column, row)})
    if rows:
        sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + len(rows), len(columns) - 1)
    sheet.freeze_panes(HEAD_ROW + 1, 1)
    sheet.repeat_rows(HEAD_ROW)
