"""The curve of a day: calls per quarter of an hour, the usual number, and the lost calls.

Lost calls are drawn at the bottom, so that they can be compared. Doubted ones are hatched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil
from typing import Final, NamedTuple

from markupsafe import Markup

from agents.pages.svg import element, path, picture

WIDE: Final = 640
NARROW: Final = 400  # a width at which texts are legible on a small card
FOOT, HEAD, LEFT = 22, 16, 34  # margins
APART: Final = 52.0  # least distance of two hour labels, so that they do not overlap on a phone
LEAST_TOP: Final = 4  # the scale reaches at least this many calls


class QuarterBar(NamedTuple):
    """A quarter of an hour; `all` includes `lost` and `doubted`, and is None in the future."""

    hour: int  # local
    all: int | None
    lost: int = 0
    doubted: int = 0  # counted as lost, but not believed


def curve(bars: Sequence[QuarterBar], usual: Mapping[int, float], label: str, hour: str, *, wide: bool) -> Markup:
    """Draw a day's bars over the usual calls per quarter, by hour; `hour` is the format of an hour's label."""
    highest = max([LEAST_TOP, *(bar.all or 0 for bar in bars), *(usual.get(bar.hour, 0.0) for bar in bars)])
    top = ceil(highest)
    width, height = (WIDE, 116) if wide else (NARROW, 80)
    step = (width - LEFT) / max(1, len(bars))

    def y(calls: float) -> float:
        return height - FOOT - calls / top * (height - FOOT - HEAD)

    def parts() -> Iterator[str]:
        yield element("text", str(top), cls="tick", x=LEFT - 6, y=y(top) + 5, text_anchor="end")
        yield element("path", cls="grid", d=path([(LEFT, y(top)), (width, y(top))]))
        if usual:
            yield element("path", cls="usual", d=path(_steps(bars, usual, step, y)))
        named = -APART
        for number, bar in enumerate(bars):
            x = LEFT + number * step
            begins = number == 0 or bar.hour != bars[number - 1].hour
            if begins and x - named >= APART and (wide or bar.hour % 2 == 0):
                named = x
                yield element("path", cls="grid", d=path([(x, y(0)), (x, y(0) + 5)]))
                yield element("text", hour.format(hour=bar.hour), cls="tick", x=x + 3, y=height - 5)
            if bar.all:
                yield from _bar(bar, x + step * 0.1, step * 0.8, y)
        yield element("path", cls="axis", d=path([(LEFT, y(0)), (width, y(0))]))

    return picture(width, height, label, parts(), "curve")


def _steps(
    bars: Sequence[QuarterBar], usual: Mapping[int, float], step: float, y: Callable[[float], float]
) -> Iterator[tuple[float, float]]:
    """Yield the outline of the usual calls, from the axis and back to it."""
    yield LEFT, y(0)
    for number, bar in enumerate(bars):
        height = y(usual.get(bar.hour, 0.0))
        yield LEFT + number * step, height
        yield LEFT + (number + 1) * step, height
    yield LEFT + len(bars) * step, y(0)


def _bar(bar: QuarterBar, x: float, width: float, y: Callable[[float], float]) -> Iterator[Markup]:
    """Yield the parts of a bar, the lost calls at the bottom."""
    below = 0
    for cls, calls in (("lost", bar.lost), ("doubted", bar.doubted), ("rest", (bar.all or 0) - bar.lost - bar.doubted)):
        if calls > 0:
            above = below + calls
            yield element("rect", cls=cls, x=x, y=y(above), width=width, height=y(below) - y(above))
            below = above
