"""The control chart of a line's weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from agents.report.blocks import Picture
from agents.report.plot import DaySpan, Plot, digits
from agents.totals.telling import Telling
from streams.checks.laney import limits
from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.indicators.stretch import LineStretch


class _Week(NamedTuple):
    """A week of the chart: its rate between its limits."""

    day: date
    rate: float
    low: float
    high: float


def control_chart(line: LineTotals, period: Period, wrong: Sequence[DaySpan], telling: Telling) -> Picture | None:
    """Draw a line's weeks within the limits of Laney's p' chart; None if the sound weeks give no limits."""
    weeks = [week for week in line.weeks if week.raw.offered]
    sound = [week.raw for week in weeks if not week.in_quarantine]
    chart = limits([week.lost for week in sound], [week.offered for week in sound])
    if chart is None:
        return None
    placed = [_Week(_middle(week, period), week.raw.lost_rate or 0.0, *chart.at(week.raw.offered)) for week in weeks]
    highest = max(max(week.rate, week.high) for week in placed)
    plot = Plot(period, highest * 1.05, lambda value: telling.percent(value, digits(value)), telling)
    plot.hatch(wrong)
    plot.line([(plot.x(week.day), plot.y(week.low)) for week in placed], "limit")
    plot.line([(plot.x(week.day), plot.y(week.high)) for week in placed], "limit")
    plot.level(chart.centre, "centre", telling.text("mean {value}", value=telling.percent(chart.centre)))
    plot.line([(plot.x(week.day), plot.y(week.rate)) for week in placed], "weeks")
    out, within = 0, list[str]()
    for week in placed:
        outside = not week.low <= week.rate <= week.high
        out += outside
        x, y = plot.x(week.day), plot.y(week.rate)
        if outside:
            plot.add(f'<path class="outside" d="M{x:.1f} {y - 5:.1f}l5 9h-10z"/>')
        else:
            within.append(f"M{x:.0f} {y:.0f}h0")
    plot.add(f'<path class="week" d="{"".join(within)}"/>')
    title = telling.text("Laney p' control chart by week, raw")
    says = telling.text(
        "{out} of {weeks} weeks beyond the limits, around {centre}.",
        out=out,
        weeks=len(weeks),
        centre=telling.percent(chart.centre),
    )
    return Picture(title, plot.svg(title, says), says)


def _middle(week: LineStretch, period: Period) -> date:
    """Return the Wednesday of a week, or the closest day of the period."""
    return min(max(date.fromisoformat(week.name) + timedelta(2), period.first), period.last)
