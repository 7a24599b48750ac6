"""The picture of a forecast week as SVG: for each day its interval, its likelier half, its mean, and what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from agents.board.periods.pictures import FOOT, HEAD, HEIGHT, LEAST_TOP, LEFT, NARROW, RIGHT, WIDE, levels_of
from agents.pages.svg import element, path, picture


class DayBand(NamedTuple):
    low: float  # the interval
    likely: tuple[float, float]  # half of such days lie in it
    high: float
    mean: float
    came: float | None  # None if the day is not over, or unknown
    says: str  # tooltip
    ticks: tuple[str, str]  # label below the day: long, and short for a phone


def week_bands(days: Sequence[DayBand], label: str) -> Markup:
    """Draw a week wide and narrow, for any screen; the style sheet shows one of the two."""
    return _bands(days, label, WIDE) + _bands(days, label, NARROW)


def _bands(days: Sequence[DayBand], label: str, width: int) -> Markup:
    step = (width - LEFT - RIGHT) / max(1, len(days))
    levels = levels_of(max([LEAST_TOP, *(max(day.high, day.came or 0.0) for day in days)]))

    def y(count: float) -> float:
        return HEIGHT - FOOT - count / levels[-1] * (HEIGHT - FOOT - HEAD)

    def parts() -> Iterator[str]:
        for level in levels:
            yield element("text", str(level), cls="tick", x=LEFT - 8, y=y(level) + 5, text_anchor="end")
            yield element("path", cls="grid", d=path([(LEFT, y(level)), (width - RIGHT, y(level))]))
        for number, day in enumerate(days):
            x, end = LEFT + (number + 0.2) * step, LEFT + (number + 0.8) * step
            inside = [element("title", day.says)]
            for cls, low, high in (("interval", day.low, day.high), ("likely", *day.likely)):
                if high > low:
                    inside.append(element("rect", cls=cls, x=x, y=y(high), width=end - x, height=y(low) - y(high)))
            if day.high:
                inside.append(element("path", cls="mean", d=path([(x, y(day.mean)), (end, y(day.mean))])))
            if day.came is not None and (day.came or day.high):
                inside.append(element("circle", cls="came", cx=(x + end) / 2, cy=y(day.came), r=6))
            yield element("g", *inside)
            tick = day.ticks[width != WIDE]
            yield element("text", tick, cls="tick", x=(x + end) / 2, y=HEIGHT - 7, text_anchor="middle")
        yield element("path", cls="axis", d=path([(LEFT, y(0)), (width - RIGHT, y(0))]))

    return picture(width, HEIGHT, label, parts(), "wide" if width == WIDE else "narrow")
