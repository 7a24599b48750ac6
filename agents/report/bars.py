"""Bars side by side, each with its value written on it: years, or days of delay; and lying ones, of a survey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from agents.pages.svg import element, picture

WIDTH: Final = 360  # read on a telephone without shrinking
HEIGHT: Final = 190
SIDE, HEAD, FOOT = 8, 26, 34  # margins
_ROW: Final = 42  # of a lying bar
_GAP: Final = 26  # the most that a name may take beneath a bar that is narrow


class ValueBar(NamedTuple):
    """Hold a bar: a value from 0, how it is written, and what stands beneath it."""

    name: str
    value: float
    written: str
    cls: str = "bar"
    below: str = ""  # a second line beneath it
    raw: float | None = None  # as counted, where that is another value
    raw_written: str = ""


class TargetLine(NamedTuple):
    """Hold a level to compare bars with."""

    value: float
    says: str


class LimitMark(NamedTuple):
    """Hold after how many bars a limit lies."""

    after: int
    says: str


class ShareBar(NamedTuple):
    """Hold a lying bar: a share, its interval, how that is written, and what it is of."""

    name: str
    share: float
    low: float | None
    high: float | None
    written: str


def bars(
    each: Sequence[ValueBar], label: str, level: TargetLine | None = None, limit: LimitMark | None = None
) -> Markup:
    """Draw bars; `level` lies across them, `limit` stands between two of them."""
    most = max([*(one for bar in each for one in (bar.value, bar.raw or 0.0)), level.value if level else 0.0]) or 1.0
    step = (WIDTH - 2 * SIDE) / max(1, len(each))
    wide = min(step * 0.72, 64)

    def y(value: float) -> float:
        return HEIGHT - FOOT - value / most * (HEIGHT - FOOT - HEAD)

    def parts() -> Iterator[str]:
        yield element("line", cls="grid", x1=SIDE, x2=WIDTH - SIDE, y1=y(0), y2=y(0))
        for number, bar in enumerate(each):
            middle = SIDE + (number + 0.5) * step
            left, top = middle - wide / 2, y(bar.value)
            yield element("rect", cls=bar.cls, x=left, y=top, width=wide, height=y(0) - top)
            if bar.raw is not None:
                yield element("rect", cls="raw", x=left, y=y(bar.raw), width=wide, height=y(0) - y(bar.raw))
                yield _text(bar.raw_written, middle, y(bar.raw) - 5, "value raw-text")
            if bar.written:
                yield _text(bar.written, middle, top - 5, "value")
            yield _text(bar.name, middle, HEIGHT - FOOT + 14, "tick")
            if bar.below:
                yield _text(bar.below, middle, HEIGHT - FOOT + 27, "tick")
        if level is not None:
            at = y(level.value)
            yield element("line", cls="target", x1=SIDE, x2=WIDTH - SIDE, y1=at, y2=at)
            yield _text(level.says, WIDTH - SIDE, at - 4, "tick target-text", "end")
        if limit is not None:
            x = SIDE + limit.after * step
            yield element("line", cls="target", x1=x, x2=x, y1=6, y2=HEIGHT - FOOT)
            late = limit.after > len(each) / 2
            yield _text(limit.says, x + (-5 if late else 5), 14, "tick target-text", "end" if late else "start")

    return picture(WIDTH, HEIGHT, label, parts(), "bars")


def lying(each: Sequence[ShareBar], label: str) -> Markup:
    """Draw shares as lying bars from 0 to all, each with its interval."""
    whole = 2 * WIDTH
    room = whole - 90

    def parts() -> Iterator[str]:
        for number, bar in enumerate(each):
            top = number * _ROW
            yield _text(bar.name, 0, top + 13, "tick", "start")
            yield element("rect", cls="rest", x=0, y=top + 18, width=room, height=14)
            yield element("rect", cls="bar", x=0, y=top + 18, width=bar.share * room, height=14)
            if bar.low is not None and bar.high is not None:
                yield element("line", cls="between", x1=bar.low * room, x2=bar.high * room, y1=top + 25, y2=top + 25)
            yield _text(bar.written, room + 8, top + 30, "value", "start")

    return picture(whole, len(each) * _ROW, label, parts(), "lying")


def _text(words: str, x: float, y: float, cls: str, anchor: str = "middle") -> Markup:
    return element("text", words, cls=cls, x=x, y=y, text_anchor=anchor)
