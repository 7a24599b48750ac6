"""The sheet of one indicator, laid out as a "fiche indicateur": unit, figures, source, computation, bias, its trace."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from xlsxwriter.worksheet import Worksheet

from agents.pages import words
from agents.totals.pen import HEAD, NAME, CellValue, Pen
from agents.totals.telling import Telling
from streams.indicators.annual import Annual
from streams.indicators.indicator import Figure, Indicator, IndicatorUnit

FORMATS: Final[dict[IndicatorUnit, str]] = {"share": "0.00%", "days": "0.00", "minutes": "0.00"}

_COUNT, _RATE, _MEAN = "#,##0", "0.00%", "#,##0.00"
_LAST: Final = 7  # column
_WIDE: Final = 100  # characters of a line over the columns from the second to the last


def fiche(pen: Pen, sheet: Worksheet, annual: Annual, each: Indicator, zone: ZoneInfo, telling: Telling) -> None:
    """Write an indicator's sheet."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, _LAST, 16)
    text = telling.text
    pen.put(sheet, 0, 0, telling.name(each), bold=True, font_size=14)
    row = _figures(pen, sheet, 3, each, zone, telling)
    sheet_words = words.SHEETS[each.kind]
    row = _say(pen, sheet, row, text("Source of the data"), text(sheet_words.source))
    row = _say(pen, sheet, row, text("How it is computed"), text(words.about(sheet_words.computed, each)))
    row = _say(pen, sheet, row, text("Bias and limits"), text(sheet_words.bias))
    if told := telling.breaks(each):
        row = _say(pen, sheet, row, text("Break in the series"), *told)
    row = _incidents(pen, sheet, row + 1, annual, each, zone, telling)
    _months(pen, sheet, row + 1, annual, each, telling)


def _figures(pen: Pen, sheet: Worksheet, row: int, each: Indicator, zone: ZoneInfo, telling: Telling) -> int:
    text = telling.text
    method = text(words.METHODS[each.method])
    if each.guard is not None:
        method = telling.withheld(each, zone)
    raw, corrected, before = each.raw, each.corrected, each.before
    figure = {"num_format": FORMATS[each.unit]}
    lines: tuple[tuple[str, CellValue, dict[str, Any]], ...] = (
        (text("Unit"), text(words.UNITS[each.unit]), {}),
        (text("Period counted"), text("nothing") if each.counted is None else telling.period(each.counted), {}),
        (text("Realised, raw value"), raw.value, figure),
        (text("    that is"), _fraction(raw, telling), {}),
        (text("Realised, corrected value"), corrected.value, {**figure, "bold": True}),
        (text("    that is"), _fraction(corrected, telling), {}),
        (text("    95% interval, low"), corrected.low, figure),
        (text("    95% interval, high"), corrected.high, figure),
        (text("Target (to stay below)"), each.target, figure),
        (text("Target met (raw / corrected)"), f"{telling.yes(raw.met)} / {telling.yes(corrected.met)}", {}),
        (text("Year before, corrected value"), before.corrected if before else None, figure),
        (text("Coverage"), each.coverage, {"num_format": "0.0%"}),
        (
            text("Status (raw / corrected)"),
            f"{text(words.STATUSES[raw.status])} / {text(words.STATUSES[corrected.status])}",
            {},
        ),
        (text("Correction"), method, {}),
    )
    for below, (name, cell, properties) in enumerate(lines, row):
        pen.put(sheet, below, 0, name, **NAME)
        pen.put(sheet, below, 1, cell, align="left", **properties)
    return row + len(lines)


def _say(pen: Pen, sheet: Worksheet, row: int, name: str, *texts: str) -> int:
    """Write texts below each other over the whole width; return the next row."""
    pen.put(sheet, row, 0, name, **NAME)
    sheet.merge_range(row, 1, row, _LAST, "", pen.format(text_wrap=True))
    pen.put(sheet, row, 1, "\n".join(texts), text_wrap=True)
    sheet.set_row(row, 15 * max(1, sum(1 + len(text) // _WIDE for text in texts)))
    return row + 1


def _incidents(
    pen: Pen, sheet: Worksheet, row: int, annual: Annual, each: Indicator, zone: ZoneInfo, telling: Telling
) -> int:
    """Write the incidents behind an indicator; return the next row."""
    text = telling.text
    pen.put(sheet, row, 0, text("Stretches left out, and why"), bold=True, font_size=12)
    found = [incident for incident in annual.incidents if incident.id in each.incidents]
    if not found:
        pen.put(sheet, row + 1, 0, text("no stretch"))
        return row + 2
    heads = (text("Incident"), text("Reason"), text("From"), text("To"), text("Detected"), text("Decision"))
    pen.row(sheet, row + 1, heads, **HEAD)
    row += 2
    for incident in found:
        moments = (_moment(moment, zone) for moment in (*incident.bounds(), incident.detected))
        kind, standing = telling.text(words.MISCOUNTS[incident.kind]), telling.text(words.STANDINGS[incident.status])
        pen.row(sheet, row, (incident.id, kind, *moments, standing), text_wrap=True)
        sheet.set_row(row, 30)  # for long ids
        row = _say(pen, sheet, row + 1, text("Finding"), *map(telling.says, incident.evidence))
    return row


def _months(pen: Pen, sheet: Worksheet, row: int, annual: Annual, each: Indicator, telling: Telling) -> None:
    """Write an indicator's months and, for a line, a chart of them."""
    columns, months = _by_month(annual, each, telling)
    if not months:
        return
    pen.put(sheet, row, 0, telling.text("By month"), bold=True, font_size=12)
    pen.put(sheet, row + 1, 0, telling.text("Month"), **HEAD)
    for column, head in enumerate(columns, 1):
        pen.put(sheet, row + 1, column, head, align="right", **HEAD)
    for below, (name, *cells) in enumerate(months, row + 2):
        pen.put(sheet, below, 0, name, bottom=4)
        for column, (shape, cell) in enumerate(zip(columns.values(), cells, strict=True), 1):
            pen.put(sheet, below, column, cell, num_format=shape, bottom=4)
    if each.kind == "lost_rate":
        _chart(pen, sheet, row + 2, row + 1 + len(months), telling)


def _chart(pen: Pen, sheet: Worksheet, first: int, last: int, telling: Telling) -> None:
    text = telling.text
    chart = pen.book.add_chart({"type": "line"})
    assert chart is not None
    for column, name, color in ((3, text("raw value"), "#B3541E"), (6, text("corrected value"), "#1F4E79")):
        chart.add_series(
            {
                "name": name,
                "categories": [sheet.name, first, 0, last, 0],
                "values": [sheet.name, first, column, last, column],
                "line": {"color": color, "width": 2.25},
                "marker": {"type": "circle", "size": 5, "fill": {"color": color}, "border": {"color": color}},
            }
        )
    chart.set_y_axis({"num_format": "0%", "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 860, "height": 280})
    sheet.insert_chart(last + 2, 0, chart, {"description": text("Lost-call rate by month, raw and corrected")})


def _by_month(annual: Annual, each: Indicator, telling: Telling) -> tuple[dict[str, str], list[tuple[CellValue, ...]]]:
    """Return the columns of an indicator's months, with their number formats, and the months, each with its name."""
    text = telling.text
    if each.kind == "lost_rate":
        columns = {text("Offered"): _COUNT, text("Lost"): _COUNT, text("Raw rate"): _RATE}
        columns |= {text("Offered (corr.)"): _COUNT, text("Lost (corr.)"): _COUNT, text("Corrected rate"): _RATE}
        columns[text("¼ h concerned")] = _COUNT
        return columns, [
            (
                month.name,
                *(month.raw.offered, month.raw.lost, month.raw.lost_rate),
                *((month.corrected.offered, month.corrected.lost) if month.corrected else (None, None)),
                *(month.corrected_rate, month.in_quarantine),
            )
            for month in annual.lines[each.subject].months
        ]
    if each.kind in {"wait", "time_in_service"}:
        columns = {text("Tickets"): _COUNT, text("Served"): _COUNT}
        columns |= {text("Wait (min)"): _MEAN, text("At the counter (min)"): _MEAN}
        return columns, [
            (month.name, month.issued, month.served, _minutes(month.wait), _minutes(month.time_in_service))
            for month in annual.services[each.subject].months
        ]
    if each.kind in {"within_target", "mean_days"}:
        columns = {text("Received"): _COUNT, text("Answers"): _COUNT}
        columns |= {text("In time"): _COUNT, text("Mean delay (days)"): _MEAN}
        return columns, [
            (
                month.name,
                month.received,
                month.answered,
                None if each.limit is None else month.within,
                month.days / month.answered if month.answered else None,
            )
            for month in annual.channels[each.subject].months
        ]
    return {}, []


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def _fraction(figure: Figure, telling: Telling) -> str:
    whole = telling.number(figure.whole)
    if figure.whole is None or figure.part is None:
        return whole
    return telling.text("{part} of {whole}", part=telling.number(figure.part), whole=whole)


def _moment(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%d/%m/%Y %H:%M")
