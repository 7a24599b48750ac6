"""The charts of a year: a line's months and weeks, and how long people waited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from agents.report.blocks import Picture
from agents.report.plot import HEIGHT, DaySpan, Plot, digits
from agents.totals.telling import Telling
from streams.checks.laney import limits
from streams.indicators.line import LineStretch, LineTotals
from streams.indicators.period import Period


def months(line: LineTotals, period: Period, wrong: Sequence[DaySpan], telling: Telling) -> Picture:
    """Draw a line's lost rate by month: corrected as bars, raw as a mark where it differs."""
    rates = [(month, month.raw.lost_rate, month.corrected_rate) for month in line.months]
    shown = [rate for _, raw, corrected in rates for rate in (raw, corrected) if rate is not None]
    target = line.plan.target
    highest = max([*shown, (target or 0.0) * 1.15]) * 1.08
    plot = Plot(period, highest, lambda value: telling.percent(value, digits(value)), telling)
    plot.hatch(wrong)
    by_name = {month.name: (raw, corrected) for month, raw, corrected in rates}
    for name, first, days in plot.months():
        raw, corrected = by_name.get(name, (None, None))
        left, right = plot.x(first, days * 0.2), plot.x(first, days * 0.8)
        if corrected is not None:
            top = plot.y(corrected)
            plot.add(
                f'<rect class="corrected" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
                f'height="{plot.y(0) - top:.1f}"/>'
            )
        if raw is not None and raw != corrected:
            top = plot.y(raw)
            plot.add(
                f'<rect class="raw" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
                f'height="{plot.y(0) - top:.1f}"/>'
            )
            plot.text((left + right) / 2, top - 5, telling.percent(raw, 1), "value raw-text")
    if target is not None:
        plot.level(target, "target", telling.text("target < {value}", value=telling.percent(target, digits(target))))
    listed = "; ".join(
        f"{month.name} {telling.percent(raw)} / {telling.percent(corrected)}" for month, raw, corrected in rates
    )
    title, says = telling.text("Lost-call rate by month"), telling.text("Raw / corrected: {months}.", months=listed)
    return Picture(title, plot.svg(title, says), says)


def control(line: LineTotals, period: Period, wrong: Sequence[DaySpan], telling: Telling) -> Picture | None:
    """Draw a line's weeks within the limits of Laney's p' chart; None where the sound weeks give no limits."""
    weeks = [week for week in line.weeks if week.raw.offered]
    sound = [week.raw for week in weeks if not week.in_quarantine]
    chart = limits([week.lost for week in sound], [week.offered for week in sound])
    if chart is None:
        return None
    placed = [(_middle(week, period), week.raw.lost_rate or 0.0, *chart.at(week.raw.offered)) for week in weeks]
    highest = max(max(rate, high) for _, rate, _, high in placed)
    plot = Plot(period, highest * 1.05, lambda value: telling.percent(value, digits(value)), telling)
    plot.hatch(wrong)
    plot.line([(plot.x(day), plot.y(low)) for day, _, low, _ in placed], "limit")
    plot.line([(plot.x(day), plot.y(high)) for day, _, _, high in placed], "limit")
    plot.level(chart.centre, "centre", telling.text("mean {value}", value=telling.percent(chart.centre)))
    plot.line([(plot.x(day), plot.y(rate)) for day, rate, *_ in placed], "weeks")
    out = 0
    for day, rate, low, high in placed:
        outside = not low <= rate <= high
        out += outside
        x, y = plot.x(day), plot.y(rate)
        if outside:
            plot.add(f'<path class="outside" d="M{x:.1f} {y - 5:.1f}l5 9h-10z"/>')
        else:
            plot.add(f'<circle class="week" cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>')
    title = telling.text("Laney p' control chart by week, raw")
    says = telling.text(
        "{out} of {weeks} weeks beyond the limits, around {centre}.",
        out=out,
        weeks=len(weeks),
        centre=telling.percent(chart.centre),
    )
    return Picture(title, plot.svg(title, says), says)


def waits(
    means: Sequence[tuple[str, float | None]], period: Period, target: float | None, unit: str, telling: Telling
) -> Picture:
    """Draw mean waits by month (`2013-09`) in a unit, and the `target` to stay below."""
    known = [mean for _, mean in means if mean is not None]
    plot = Plot(
        period,
        max([*known, target or 0.0, 0.0]) * 1.1,
        lambda value: telling.number(value, digits(value, 1.0)),
        telling,
        HEIGHT - 70,
    )
    middles = {name: plot.x(first, days / 2) for name, first, days in plot.months()}
    points = [(middles[name], plot.y(mean)) for name, mean in means if mean is not None and name in middles]
    plot.line(points, "wait")
    for x, y in points:
        plot.add(f'<circle class="wait-dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
    if target is not None:
        plot.level(target, "target", telling.text("target < {value}", value=f"{telling.number(target)} {unit}"))
    listed = "; ".join(f"{name} {telling.number(mean, 1)}" for name, mean in means if mean is not None)
    title, says = (
        telling.text("Mean wait by month ({unit})", unit=unit),
        telling.text("By month: {months}.", months=listed),
    )
    return Picture(title, plot.svg(title, says), says)


def _middle(week: LineStretch, period: Period) -> date:
    """Return the Wednesday of a week, or the day of the period next to it."""
    return min(max(date.fromisoformat(week.name) + timedelta(2), period.first), period.last)
