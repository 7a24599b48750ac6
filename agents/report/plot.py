"""A plot as inline SVG for screen and paper: dark on white, with parts that differ in shape as well as in colour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from html import escape
from itertools import groupby
from math import ceil, floor, log10
from typing import Final, TypeAlias

from agents.writing import Writing
from streams.indicators.period import Period

WIDTH: Final = 720
HEIGHT: Final = 230
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 16, 26  # margins
TICKS: Final = 4
_EXACT: Final = 1e-6

DaySpan: TypeAlias = tuple[date, date]  # both included


class Plot:
    """A plot over a period: x is a day, y a value from 0 to `highest`, written by `label`."""

    def __init__(self, period: Period, highest: float, label: Callable[[float], str], writing: Writing) -> None:
        self._first, self._days = period.first, (period.last - period.first).days + 1
        self._period = period
        highest = highest or 1.0
        self._step = step(highest)
        self._top = self._step * ceil(highest / self._step - _EXACT)
        self._label = label
        self._writing = writing
        self._parts: list[str] = []

    def x(self, day: date, passed: float = 0.0) -> float:
        """Return the x of a day, or of `passed` days after its beginning."""
        share = ((day - self._first).days + passed) / self._days
        return LEFT + min(1.0, max(0.0, share)) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - value / self._top * (HEIGHT - TOP - BOTTOM)

    def add(self, part: str) -> None:
        self._parts.append(part)

    def hatch(self, spans: Sequence[DaySpan]) -> None:
        """Hatch the days counted wrong."""
        for first, last in spans:
            left, right = self.x(first), self.x(last, 1.0)
            self.add(
                f'<rect class="hatched" x="{left:.1f}" y="{TOP}" width="{max(2.0, right - left):.1f}" '
                f'height="{HEIGHT - TOP - BOTTOM}"/>'
            )

    def line(self, points: Sequence[tuple[float, float]], style: str) -> None:
        """Join points (x, y)."""
        if len(points) > 1:
            self.add(f'<polyline class="{style}" points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in points)}"/>')

    def text(self, x: float, y: float, words_of: str, style: str = "tick", anchor: str = "middle") -> None:
        self.add(f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words_of)}</text>')

    def level(self, value: float, style: str, says: str) -> None:
        """Draw a horizontal level with its meaning."""
        if value <= self._top:
            y = self.y(value)
            self.add(f'<line class="{style}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            self.text(WIDTH - RIGHT, y - 4, says, f"tick {style}-text", "end")

    def months(self) -> Iterator[tuple[str, date, int]]:
        """Yield the months of the period: name, first day in the period, number of days in the period."""
        for name, days in groupby(self._period.days(), key=lambda day: day.isoformat()[:7]):
            every = list(days)
            yield name, every[0], len(every)

    def svg(self, title: str, says: str) -> str:
        """Return the picture with its axes, with escaped texts; `title` and `says` are for screen readers."""
        axes = []
        for tick in range(round(self._top / self._step) + 1):
            value = tick * self._step
            y = self.y(value)
            axes.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            axes.append(
                f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{self._label(value)}</text>'
            )
        every = list(self.months())
        sparse = max(1, len(every) // 12)
        for name, first, days in every[::sparse]:
            middle = self.x(first, days / 2)
            says_month = self._writing.month(first) if len(every) <= 12 else name  # noqa: PLR2004 -- months of a year
            axes.append(
                f'<text class="tick" x="{middle:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{says_month}</text>'
            )
        name, description = escape(title), escape(says)
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">'
            f"<title>{name}</title><desc>{description}</desc>{''.join(axes)}{''.join(self._parts)}</svg>"
        )


def step(highest: float) -> float:
    """Return a round step that divides an axis into about `TICKS`."""
    rough = highest / TICKS
    power = 10.0 ** floor(log10(rough))
    return power * next(each for each in (1, 2, 2.5, 5, 10) if each * power >= rough * 0.999)


def digits(value: float, unit: float = 0.01) -> int:
    """Return how many decimals show a value in units exactly, at most two."""
    return next((count for count in (0, 1) if abs(round(value / unit, count) - value / unit) < _EXACT), 2)
