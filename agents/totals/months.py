"""The series below an indicator's sheet, as a table and a chart: its months, or a survey's questions."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, NamedTuple, TypeAlias

from agents.history.incident_json import local_day
from agents.pages.sheets import SHEETS
from agents.totals.pen import CellValue
from agents.totals.telling import Telling
from streams.indicators.annual import Annual
from streams.indicators.channel import ChannelTotals
from streams.indicators.indicator import Indicator
from streams.indicators.kinds import OF_TICKETS, IndicatorUnit
from streams.periods.series import by_month

DrawnAs: TypeAlias = Literal["raw", "corrected", "value", "target"]
FORMATS: Final[dict[IndicatorUnit, str]] = {"share": "0.00%", "days": "#,##0.00", "minutes": "#,##0.00"}
_COUNT: Final = "#,##0"
_MOST_DAYS: Final = 20  # delays with a row of their own; longer delays share one row
_Rows: TypeAlias = list[tuple[str, list[CellValue]]]  # each with its name


class SeriesColumn(NamedTuple):
    head: str
    format: str
    drawn: DrawnAs | None = None


class SheetSeries(NamedTuple):
    """A table whose first column names its rows."""

    title: str
    first: str  # head of the first column
    columns: list[SeriesColumn]
    rows: _Rows
    chart: Literal["line", "bar", "column"]
    own: str = ""  # name of the indicator's own row, if the rows are of several indicators


def series_of(annual: Annual, each: Indicator, telling: Telling) -> list[SheetSeries]:
    """Return an indicator's series: by month, also by delay for a delay, or by question for a survey."""
    if each.of == "survey":
        return [_questions(annual, each, telling)]
    found = [_by_month(annual, each, telling)]
    if each.unit == "days":
        found.append(_by_delay(annual.channels[each.subject], telling))
    return [series for series in found if series.rows]


def _by_month(annual: Annual, each: Indicator, telling: Telling) -> SheetSeries:
    text = telling.text
    if each.of == "service":
        columns, rows = _of_tickets(annual, each, telling)
    else:
        columns, rows = _of_counts(annual, each, telling)
    if each.target is not None:
        columns.append(SeriesColumn(text("Target"), FORMATS[each.unit], "target"))
        rows = [(name, [*cells, each.target]) for name, cells in rows]
    return SheetSeries(text("By month"), text("Month"), columns, rows, "line")


def _by_delay(channel: ChannelTotals, telling: Telling) -> SheetSeries:
    """Return the answered requests by delay; no rows if single delays are unknown."""
    text, delays = telling.text, channel.delays
    last = min(max(delays, default=-1), _MOST_DAYS)
    rows: _Rows = [(telling.number(days), [delays.get(days, 0)]) for days in range(last + 1)]
    if (later := sum(count for days, count in delays.items() if days > last)) > 0:
        rows.append((text("more than {days}", days=last), [later]))
    columns = [SeriesColumn(text("Answers"), _COUNT, "value")]
    return SheetSeries(text("By delay"), text("Days"), columns, rows, "column")


def _of_counts(annual: Annual, each: Indicator, telling: Telling) -> tuple[list[SeriesColumn], _Rows]:
    """Return the months of a line or a channel; a line has corrected counts beside raw ones."""
    text, shape = telling.text, FORMATS[each.unit]
    whole, part, value = map(text, SHEETS[each.kind].heads)
    months = by_month(annual, each, lambda at: local_day(at, telling.zone))
    counts = [SeriesColumn(whole, _COUNT), SeriesColumn(part, _COUNT)]
    raw: list[list[CellValue]] = [[month.raw.whole, month.raw.part, month.raw.value] for month in months]
    names = [telling.period(month.period) for month in months]
    if each.of != "line":
        return [*counts, SeriesColumn(value, shape, "value")], list(zip(names, raw, strict=True))
    corrected: list[list[CellValue]] = [
        [*cells, month.corrected.whole, month.corrected.part, month.corrected.value, month.coverage]
        for cells, month in zip(raw, months, strict=True)
    ]
    columns = [
        *(*counts, SeriesColumn(text("{name}, raw", name=value), shape, "raw")),
        *(SeriesColumn(text("{name}, corrected", name=each), _COUNT) for each in (whole, part)),
        SeriesColumn(text("{name}, corrected", name=value), shape, "corrected"),
        SeriesColumn(text("Coverage"), "0.0%"),
    ]
    return columns, list(zip(names, corrected, strict=True))


def _of_tickets(annual: Annual, each: Indicator, telling: Telling) -> tuple[list[SeriesColumn], _Rows]:
    issued, served, value = map(telling.text, SHEETS[each.kind].heads)
    columns = [SeriesColumn(issued, _COUNT), SeriesColumn(served, _COUNT), SeriesColumn(value, "0.00", "value")]
    rows: _Rows = []
    for month in annual.services[each.subject].months:
        seconds = OF_TICKETS[each.kind].seconds(month)
        named = telling.whole_month(date.fromisoformat(f"{month.name}-01"))
        rows.append((named, [month.issued, month.served, None if seconds is None else seconds / 60]))
    return columns, rows


def _questions(annual: Annual, own: Indicator, telling: Telling) -> SheetSeries:
    """Return all questions of the survey, so that the share of one can be compared with the others."""
    text = telling.text
    answers, satisfied, value = map(text, SHEETS[own.kind].heads)
    columns = [SeriesColumn(answers, _COUNT), SeriesColumn(satisfied, _COUNT), SeriesColumn(value, "0.0%", "value")]
    rows: _Rows = [(share.question, [share.answers, share.satisfied, share.share]) for share in annual.shares]
    return SheetSeries(text("All questions"), text("Question"), columns, rows, "bar", own.subject)
