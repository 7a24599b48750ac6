"""The pictures of a period as SVG: its curve over the usual one, and a week of hours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil, log10
from typing import Final, NamedTuple, TypeAlias

from markupsafe import Markup

from agents.pages.svg import element, path, picture

WIDE: Final = 1000
NARROW: Final = 400  # width on a phone
HEIGHT: Final = 240
LEFT, RIGHT, HEAD, FOOT = 46, 6, 22, 26  # margins
LEAST_TOP: Final = 4  # the scale reaches at least this count
SHADES: Final = 5  # shades of a cell; 0 is the palest


class PeriodBar(NamedTuple):
    """A bar: its total, its believed lost part, and the lost part that is not believed."""

    all: int
    lost: int
    doubted: int
    usual: float | None  # usual total
    says: str  # tooltip
    tick: str  # label below the bar, may be empty
    action: str = ""  # the office's action on the day of its beginning


class Stretched(NamedTuple):
    """An incident above the bars that it overlaps, from the first to the last."""

    first: int
    last: int
    cls: str
    says: str


class HeatCell(NamedTuple):
    """A cell of the week, shaded by its `share` of the largest; None if its value is unknown."""

    share: float | None
    written: str
    says: str


HeatRow: TypeAlias = tuple[str, Sequence[HeatCell | None]]  # a weekday and its hours; None if closed


def period_curve(bars: Sequence[PeriodBar], incidents: Sequence[Stretched], label: str) -> Markup:
    """Draw a period wide and narrow, for any screen; the style sheet shows one of the two."""
    return _curve(bars, incidents, label, WIDE) + _curve(bars, incidents, label, NARROW)


def _curve(bars: Sequence[PeriodBar], incidents: Sequence[Stretched], label: str, width: int) -> Markup:
    wide, step = width == WIDE, (width - LEFT - RIGHT) / max(1, len(bars))
    levels = levels_of(max([LEAST_TOP, *(bar.all for bar in bars), *(bar.usual or 0.0 for bar in bars)]))
    top = levels[-1]

    def y(count: float) -> float:
        return HEIGHT - FOOT - count / top * (HEIGHT - FOOT - HEAD)

    def parts() -> Iterator[str]:
        for level in levels:
            yield element("text", str(level), cls="tick", x=LEFT - 8, y=y(level) + 5, text_anchor="end")
            yield element("path", cls="grid", d=path([(LEFT, y(level)), (width - RIGHT, y(level))]))
        for each in incidents:
            x, end = LEFT + each.first * step, LEFT + (each.last + 1) * step
            title = element("title", each.says)
            wash = element("rect", cls="wash", x=x, y=2, width=end - x, height=HEIGHT - FOOT - 2)
            strip = element("rect", cls="strip", x=x, y=2, width=end - x, height=6)
            yield element("g", title, wash, strip, cls=each.cls)
        for number, bar in enumerate(bars):
            x = LEFT + number * step
            if bar.usual is not None:
                yield element("rect", cls="usual", x=x, y=y(bar.usual), width=step, height=y(0) - y(bar.usual))
            drawn = _bar(bar, x + step * 0.14, step * 0.72, y)
            yield element("g", element("title", bar.says), *drawn) if wide else Markup("").join(drawn)
            if bar.action:
                mark = element("path", cls="action", d=path([(x, 2), (x, y(0))]))
                yield element("g", element("title", bar.action), mark)
        yield element("path", cls="axis", d=path([(LEFT, y(0)), (width - RIGHT, y(0))]))
        yield from _ticks(bars, step, width)

    return picture(width, HEIGHT, label, parts(), "wide" if wide else "narrow")


def _ticks(bars: Sequence[PeriodBar], step: float, width: int) -> Iterator[Markup]:
    """Yield the labels below the bars, without those that have no room."""
    free = 0.0
    for number, bar in enumerate(bars):
        x, room = LEFT + number * step, 9.0 * len(bar.tick) + 6
        if bar.tick and x >= free and x + room - 6 <= width:
            yield element("path", cls="axis", d=path([(x, HEIGHT - FOOT), (x, HEIGHT - FOOT + 5)]))
            yield element("text", bar.tick, cls="tick", x=x + 3, y=HEIGHT - 7)
            free = x + room


def _bar(bar: PeriodBar, x: float, width: float, y: Callable[[float], float]) -> list[Markup]:
    """Return the parts of a bar, the lost calls at the bottom."""
    below, drawn = 0, []
    for cls, count in (("lost", bar.lost), ("doubted", bar.doubted), ("rest", bar.all - bar.lost - bar.doubted)):
        if count > 0:
            above = below + count
            drawn.append(element("rect", cls=cls, x=x, y=y(above), width=width, height=y(below) - y(above)))
            below = above
    return drawn


def levels_of(most: float) -> list[int]:
    """Return the counts to label beside a curve, the last at least as high as any bar.

    >>> levels_of(4), levels_of(43), levels_of(570)
    ([2, 4], [20, 40, 60], [200, 400, 600])
    """
    decade: int = 10 ** int(log10(most / 2))
    step = max(each * decade for each in (1, 2, 5) if each * decade <= most / 2)
    return [number * step for number in range(1, ceil(most / step) + 1)]


def week_map(rows: Sequence[HeatRow], hours: Sequence[str], label: str, cls: str) -> Markup:
    """Draw a week, a row per weekday and a column per hour, darker for larger values; `cls` selects the colour."""
    cell, left, head = (48, 34), 100, 26
    width, height = left + cell[0] * len(hours), head + cell[1] * len(rows)

    def parts() -> Iterator[str]:
        for number, hour in enumerate(hours):
            yield element("text", hour, cls="tick", x=left + (number + 0.5) * cell[0], y=18, text_anchor="middle")
        for line, (name, cells) in enumerate(rows):
            y = head + line * cell[1]
            yield element("text", name, cls="tick", x=left - 8, y=y + 22, text_anchor="end")
            for number, each in enumerate(cells):
                if each is None:
                    continue
                x, shade = left + number * cell[0], "unknown" if each.share is None else f"heat{_shade(each.share)}"
                place = {"x": x + 1.0, "y": y + 1.0, "width": cell[0] - 2.0, "height": cell[1] - 2.0}
                said = element("text", each.written, cls="cell", x=x + cell[0] / 2, y=y + 22, text_anchor="middle")
                yield element("g", element("title", each.says), element("rect", cls=shade, **place), said)

    return picture(width, height, label, parts(), f"week {cls}")


def _shade(share: float) -> int:
    return min(SHADES - 1, int(share * SHADES))
