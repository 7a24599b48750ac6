"""The months of a period as a picture: raw beside corrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from agents.pages.sheets import SHEETS
from agents.report.bars import TargetLine, ValueBar, bars
from agents.report.blocks import Picture
from agents.totals.telling import Telling
from streams.indicators.indicator import Indicator
from streams.indicators.stretch import LineStretch


class MonthRate(NamedTuple):
    month: LineStretch
    raw: float
    believed: float | None


def target_line(indicator: Indicator, telling: Telling) -> TargetLine | None:
    """Return the level of an indicator's target, if it has one."""
    if indicator.target is None:
        return None
    return TargetLine(indicator.target, telling.text("target: {aim}", aim=telling.aim(indicator)))


def rates(months: Sequence[LineStretch], indicator: Indicator, telling: Telling) -> Picture | None:
    """Draw a line's rate by month, with the raw rate if it differs; None for a single month."""
    both = [(each, *each.rates(indicator.kind)) for each in months]
    known = [MonthRate(each, raw, best) for each, raw, best in both if raw is not None]
    listed = [
        f"{telling.whole_month(_first(month.name))}{telling.colon}{telling.percent(best)}"
        if raw == best
        else telling.text(
            "{month}: {rate} ({raw} as counted)",
            month=telling.whole_month(_first(month.name)),
            rate=telling.percent(best),
            raw=telling.percent(raw),
        )
        for month, raw, best in known
    ]
    title = SHEETS[indicator.kind].monthly
    if title is None:
        return None
    drawn = [_bar(each, telling) for each in known]
    return _picture(telling.text(title), drawn, listed, target_line(indicator, telling), telling)


def means(
    title: str, values: Sequence[tuple[str, float | None]], level: TargetLine | None, telling: Telling
) -> Picture | None:
    """Draw means by month (`2013-09`); None for a single month."""
    known = [(name, value) for name, value in values if value is not None]
    digits = 1 if any(value < 10 for _, value in known) else 0  # noqa: PLR2004 -- where a decimal is seen
    drawn = [ValueBar(telling.initial(_first(name)), value, telling.number(value, digits)) for name, value in known]
    listed = [f"{telling.whole_month(_first(name))}{telling.colon}{telling.number(value, 1)}" for name, value in known]
    return _picture(title, drawn, listed, level, telling)


def _bar(rate: MonthRate, telling: Telling) -> ValueBar:
    month, raw, believed = rate
    differs = raw != believed
    return ValueBar(
        telling.initial(_first(month.name)),
        believed,
        "" if believed is None else telling.number(believed * 100, 1),
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
