"""The curve of a day: calls per quarter of an hour, the usual number, and the lost calls.

Lost calls are drawn at the bottom, so that they can be compared. Doubted ones are hatched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

from markupsafe import Markup

from agents.pages.svg import element, path

HEIGHT: Final = 100.0
LEAST_TOP: Final = 4  # the scale reaches at least this many calls
MOST_HOURS: Final = 14  # labels; a longer day has one every second hour, or third
APART: Final = 3  # least distance of two labels, in quarters for each hour between them


class QuarterBar(NamedTuple):
    """A quarter of an hour; `all` includes `lost` and `doubted`, and is None in the future."""

    begins: time  # local
    all: int | None
    lost: int = 0
    doubted: int = 0  # counted as lost, but not believed


def curve(bars: Sequence[QuarterBar], usual: Mapping[int, float], label: str, hour: str) -> Markup:
    """Draw a day's bars over the usual calls per quarter, by hour; `hour` is the format of an hour's label.

    The style sheet stretches the bars to the space of the card. The labels beside them keep the size of its text.
    """
    top = ceil(max([LEAST_TOP, *(bar.all or 0 for bar in bars), *(usual.get(bar.begins.hour, 0.0) for bar in bars)]))
    hours = [
        element("span", hour.format(hour=named), cls=cls, style=f"left:{number / len(bars):.2%}")
        for number, named, cls in _hours(bars)
    ]
    drawn = element(
        "svg", *_parts(bars, usual, top), viewBox=f"0 0 {len(bars) or 1} {HEIGHT:g}", preserveAspectRatio="none"
    )
    return element(
        "div", element("span", str(top), cls="top"), drawn, element("div", *hours, cls="hours"),
        cls="curve", role="img", aria_label=label,
    )  # fmt: skip


def _hours(bars: Sequence[QuarterBar]) -> Iterator[tuple[int, int, str]]:
    """Yield the bars that begin with a full hour: number, hour, and `odd` if a narrow card has no room for it."""
    every = ceil(sum(bar.begins.minute == 0 for bar in bars) / MOST_HOURS)
    last = -APART * every
    for number, bar in enumerate(bars):
        if bar.begins.minute == 0 and bar.begins.hour % every == 0 and number - last >= APART * every:
            last = number
            yield number, bar.begins.hour, "odd" if bar.begins.hour // every % 2 else ""


def _parts(bars: Sequence[QuarterBar], usual: Mapping[int, float], top: int) -> Iterator[Markup]:
    def y(calls: float) -> float:
        return HEIGHT * (1 - calls / top)

    yield element("path", cls="grid", d=path([(0, 0), (len(bars), 0)]))
    if usual:
        steps = [
            (number + side, y(usual.get(bar.begins.hour, 0.0))) for number, bar in enumerate(bars) for side in (0, 1)
        ]
        yield element("path", cls="usual", d=path([(0, HEIGHT), *steps, (len(bars), HEIGHT)]))
    for number, (before, bar) in enumerate(pairwise(bars), 1):
        if _minutes(bar.begins) - _minutes(before.begins) not in {15, 15 - 24 * 60}:
            yield element("path", cls="pause", d=path([(number, 0), (number, HEIGHT)]))
    for number, bar in enumerate(bars):
        below = 0
        rest = (bar.all or 0) - bar.lost - bar.doubted
        for cls, calls in (("lost", bar.lost), ("doubted", bar.doubted), ("rest", rest)):
            if calls > 0:
                above = below + calls
                yield element("rect", cls=cls, x=number + 0.1, y=y(above), width=0.8, height=y(below) - y(above))
                below = above
    yield element("path", cls="axis", d=path([(0, HEIGHT), (len(bars), HEIGHT)]))


def _minutes(clock: time) -> int:
    return 60 * clock.hour + clock.minute
