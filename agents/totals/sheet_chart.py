"""The chart of a series on its sheet."""

from __future__ import annotations

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
_OTHERS: Final = "#9DB4CC"  # bars of what the sheet is not about
_WIDTH: Final = 900  # pixels
_HEIGHT: Final = 300
_END: Final = 1.1  # of the axis of shares: beyond 1 there is room for the figure
_BAR: Final = 20  # pixels of a bar, and of the gap after it


def draw(pen: Pen, sheet: Worksheet, row: int, series: SheetSeries, title: str) -> None:
    """Draw the columns of a series that are drawn, below its table, whose head is a `row` (0 is first)."""
    first, last = row + 1, row + len(series.rows)
    chart = pen.book.add_chart({"type": series.chart})
    assert chart is not None
    shape = "0%"
    for column, each in enumerate(series.columns, 1):
        if each.drawn is None:
            continue
        shape = "0%" if each.format.endswith("%") else "0"
        chart.add_series(
            {
                "name": each.head,
                "categories": [sheet.name, first, 0, last, 0],
                "values": [sheet.name, first, column, last, column],
                **_look(each.drawn, series),
            }
        )
    axis = {"num_format": shape, "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}}
    height = _HEIGHT
    if series.chart == "bar":
        chart.set_x_axis({"min": 0, "max": _END, "visible": False, "major_gridlines": {"visible": False}})
        chart.set_y_axis({"reverse": True})
        height = 80 + 2 * _BAR * len(series.rows)
    else:
        chart.set_y_axis(axis)
    alone = sum(each.drawn is not None for each in series.columns) == 1
    chart.set_legend({"none": True} if alone else {"position": "bottom"})
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": True}, "overlay": False})
    chart.show_blanks_as("gap")
    chart.set_size({"width": _WIDTH, "height": height})
    sheet.insert_chart(last + 2, 0, chart, {"description": title, "object_position": 1})


def _look(drawn: DrawnAs, series: SheetSeries) -> dict[str, Any]:
    color = _COLORS[drawn]
    if series.chart == "bar":
        points = [{"fill": {"color": color if name == series.own else _OTHERS}} for name, _ in series.rows]
        return {"fill": {"color": color}, "points": points, "data_labels": {"value": True}, "gap": 60}
    if drawn == "target":
        return {"line": {"color": color, "width": 1.5, "dash_type": "dash"}, "marker": {"type": "none"}}
    marker = {"type": "circle", "size": 5, "fill": {"color": color}, "border": {"color": color}}
    return {"line": {"color": color, "width": 2.25}, "marker": marker}
