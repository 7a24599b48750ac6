"""The chart of a series on its sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from agents.totals.months import DrawnAs, SheetSeries
from agents.totals.pen import Pen

_COLORS: Final[dict[DrawnAs, str]] = {
    "raw": "#B3541E",
    "corrected": "#1F4E79",
    "value": "#1F4E79",
    "target": "#5B7F3A",
}
_OTHERS: Final = "#9DB4CC"  # bars of other indicators
_WIDTH: Final = 900  # pixels
_HEIGHT: Final = 300
_BESIDE: Final = 620  # pixels of a chart beside its table
_NEARLY: Final = 0.8  # with a share above this, Excel would draw the axis beyond 1
_END: Final = 1.1  # end of an axis of shares; the room beyond 1 is for the figure
_ROW: Final = 20  # pixels of a row of the sheet
_BAR: Final = 20  # pixels of a bar, and of the gap after it


def draw(pen: Pen, sheet: Worksheet, row: int, series: SheetSeries, title: str) -> int:
    """Draw a chart of the columns of a series that have `drawn`; return the row after table and chart.

    The table's head is in a `row` (0 is the first). The chart is placed below the table; a column chart, beside it.
    """
    first, last = row + 1, row + len(series.rows)
    chart = pen.book.add_chart({"type": series.chart})
    assert chart is not None
    drawn = [(column, each) for column, each in enumerate(series.columns) if each.drawn is not None]
    for column, each in drawn:
        chart.add_series(
            {
                "name": each.head,
                "categories": [sheet.name, first, 0, last, 0],
                "values": [sheet.name, first, column + 1, last, column + 1],
                **_look(each.drawn, series),
            }
        )
    height, width, below, beside = _HEIGHT, _WIDTH, last + 2, 0
    if series.chart == "bar":
        chart.set_x_axis({"min": 0, "max": _END, "visible": False, "major_gridlines": {"visible": False}})
        chart.set_y_axis({"reverse": True})
        height = 80 + 2 * _BAR * len(series.rows)
    else:
        chart.set_y_axis(_axis(series, [column for column, _ in drawn]))
    if series.chart == "column":
        width, below, beside = _BESIDE, row, 1 + len(series.columns)
    chart.set_legend({"none": True} if len(drawn) == 1 else {"position": "bottom"})
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": True}, "overlay": False})
    chart.show_blanks_as("gap")
    chart.set_size({"width": width, "height": height})
    sheet.insert_chart(below, beside, chart, {"description": title, "object_position": 1})
    return max(last, below + height // _ROW) + 1


def _axis(series: SheetSeries, columns: Sequence[int]) -> dict[str, Any]:
    """Return the axis of values from 0; an axis of shares ends at 1."""
    shares = series.columns[columns[0]].format.endswith("%")
    values = [cells[column] for _, cells in series.rows for column in columns]
    highest = max((value for value in values if isinstance(value, float)), default=0.0)
    grid = {"visible": True, "line": {"color": "#DDDDDD"}}
    axis: dict[str, Any] = {"min": 0, "num_format": "0%" if shares else "0", "major_gridlines": grid}
    return {**axis, "max": 1} if shares and highest > _NEARLY else axis


def _look(drawn: DrawnAs | None, series: SheetSeries) -> dict[str, Any]:
    color = _COLORS[drawn or "value"]
    if series.chart == "bar":
        points = [{"fill": {"color": color if name == series.own else _OTHERS}} for name, _ in series.rows]
        return {"fill": {"color": color}, "points": points, "data_labels": {"value": True}, "gap": 60}
    if series.chart == "column":
        return {"fill": {"color": color}, "gap": 30}
    if drawn == "target":
        return {"line": {"color": color, "width": 1.5, "dash_type": "dash"}, "marker": {"type": "none"}}
    marker = {"type": "circle", "size": 5, "fill": {"color": color}, "border": {"color": color}}
    return {"line": {"color": color, "width": 2.25}, "marker": marker}
