"""The months of a period as a picture: what was counted in each, beside what is believed of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from agents.report.bars import TargetLine, ValueBar, bars
from agents.report.blocks import Picture
from agents.totals.telling import Telling
from streams.indicators.indicator import Indicator
from streams.indicators.stretch import LineStretch


def lost_rates(months: Sequence[LineStretch], indicator: Indicator, telling: Telling) -> Picture | None:
    """Draw a line's lost rate by month, as counted where that differs; None where there is one month alone."""
    bars_of = [_lost(each, telling) for each in months if each.raw.offered]
    listed = [
        f"{telling.whole_month(_first(each.name))}{telling.colon}{telling.percent(each.corrected_rate)}"
        if each.raw.lost_rate == each.corrected_rate
        else telling.text(
            "{month}: {rate} ({raw} as counted)",
            month=telling.whole_month(_first(each.name)),
            rate=telling.percent(each.corrected_rate),
            raw=telling.percent(each.raw.lost_rate),
        )
        for each in months
        if each.raw.offered
    ]
    level = None
    if indicator.target is not None:
        level = TargetLine(indicator.target, telling.text("target: {aim}", aim=telling.aim(indicator)))
    return _picture(telling.text("Lost-call rate by month, in %"), bars_of, listed, level, telling)


def means(
    title: str, values: Sequence[tuple[str, float | None]], level: TargetLine | None, telling: Telling
) -> Picture | None:
    """Draw means by month (`2013-09`); None where there is one month alone."""
    known = [(name, value) for name, value in values if value is not None]
    digits = 1 if any(value < 10 for _, value in known) else 0  # noqa: PLR2004 -- where a decimal is seen
    drawn = [ValueBar(telling.initial(_first(name)), value, telling.number(value, digits)) for name, value in known]
    listed = [f"{telling.whole_month(_first(name))}{telling.colon}{telling.number(value, 1)}" for name, value in known]
    return _picture(title, drawn, listed, level, telling)


def _lost(month: LineStretch, telling: Telling) -> ValueBar:
    raw, rate = month.raw.lost_rate or 0.0, month.corrected_rate
    differs = raw != rate
    return ValueBar(
        telling.initial(_first(month.name)),
        rate,
        "" if rate is None else telling.number(rate * 100, 1),
        raw=raw if differs else None,
        raw_written=telling.number(raw * 100, 1) if differs else "",
        wrong=month.in_quarantine > 0,
    )


def _picture(
    title: str, drawn: Sequence[ValueBar], listed: Sequence[str], level: TargetLine | None, telling: Telling
) -> Picture | None:
    if len(drawn) < 2:  # noqa: PLR2004 -- one month shows no course
        return None
    says = f"{telling.semicolon.join(listed)}."
    return Picture(title, bars(drawn, f"{title}{telling.colon}{says}", level), says)


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
