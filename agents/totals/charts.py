"""The charts of a year: a line's months and weeks, and how long people waited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from agents.pages import written
from agents.pages.words import Both
from agents.totals.plot import HEIGHT, DaySpan, Plot, digits
from streams.checks.laney import limits
from streams.indicators.line import LineStretch, LineTotals
from streams.indicators.period import Period
from streams.watch.french import number


def months(line: LineTotals, period: Period, wrong: Sequence[DaySpan]) -> str:
    """Draw a line's lost rate by month: corrected as bars, raw as a mark where it differs."""
    rates = [(month, month.raw.lost_rate, month.corrected_rate) for month in line.months]
    shown = [rate for _, raw, corrected in rates for rate in (raw, corrected) if rate is not None]
    target = line.plan.target
    plot = Plot(
        period, max([*shown, (target or 0.0) * 1.15]) * 1.08, lambda value: written.percent(value, digits(value))
    )
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
            plot.text((left + right) / 2, top - 5, written.percent(raw, 1), "value raw-text")
    if target is not None:
        plot.level(target, "target", f"objectif < {written.percent(target, digits(target))}")
    listed = "; ".join(
        f"{month.name} {written.percent(raw)} / {written.percent(corrected)}" for month, raw, corrected in rates
    )
    return plot.svg(
        Both("Taux d'appels perdus par mois", "Lost-call rate by month"),
        Both(f"Brut / corrigé : {listed}.", "Raw / corrected."),
    )


def control(line: LineTotals, period: Period, wrong: Sequence[DaySpan]) -> str | None:
    """Draw a line's weeks within the limits of Laney's p' chart; None where the sound weeks give no limits."""
    weeks = [week for week in line.weeks if week.raw.offered]
    sound = [week.raw for week in weeks if not week.in_quarantine]
    chart = limits([week.lost for week in sound], [week.offered for week in sound])
    if chart is None:
        return None
    placed = [(_middle(week, period), week.raw.lost_rate or 0.0, *chart.at(week.raw.offered)) for week in weeks]
    highest = max(max(rate, high) for _, rate, _, high in placed)
    plot = Plot(period, highest * 1.05, lambda value: written.percent(value, digits(value)))
    plot.hatch(wrong)
    plot.line([(plot.x(day), plot.y(low)) for day, _, low, _ in placed], "limit")
    plot.line([(plot.x(day), plot.y(high)) for day, _, _, high in placed], "limit")
    plot.level(chart.centre, "centre", f"moyenne {written.percent(chart.centre)}")
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
    return plot.svg(
        Both("Carte de contrôle hebdomadaire p' de Laney, valeurs brutes", "Laney p' control chart by week, raw"),
        Both(
            f"{out} semaines sur {len(weeks)} hors des limites, autour de {written.percent(chart.centre)}.",
            f"{out} of {len(weeks)} weeks beyond the limits.",
        ),
    )


def waits(means: Sequence[tuple[str, float | None]], period: Period, target: float | None, unit: str) -> str:
    """Draw mean waits by month (`2013-09`) in a unit, and the `target` to stay below."""
    known = [mean for _, mean in means if mean is not None]
    plot = Plot(
        period,
        max([*known, target or 0.0, 0.0]) * 1.1,
        lambda value: number(value, digits(value, 1.0)),
        HEIGHT - 70,
    )
    middles = {name: plot.x(first, days / 2) for name, first, days in plot.months()}
    points = [(middles[name], plot.y(mean)) for name, mean in means if mean is not None and name in middles]
    plot.line(points, "wait")
    for x, y in points:
        plot.add(f'<circle class="wait-dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
    if target is not None:
        plot.level(target, "target", f"objectif < {number(target)} {unit}")
    listed = "; ".join(f"{name} {number(mean, 1)}" for name, mean in means if mean is not None)
    return plot.svg(
        Both(f"Attente moyenne par mois ({unit})", f"Mean wait by month ({unit})"), Both(f"{listed}.", "By month.")
    )


def _middle(week: LineStretch, period: Period) -> date:
    """Return the Wednesday of a week, or the day of the period next to it."""
    return min(max(date.fromisoformat(week.name) + timedelta(2), period.first), period.last)
