"""Bars side by side, each with its value: years, months, days of delay; horizontal bars for a survey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from markupsafe import Markup

from agents.pages.svg import element, picture

WIDTH: Final = 360  # read on a telephone without shrinking
HEIGHT: Final = 180
SIDE, HEAD, FOOT = 6, 32, 32  # margins
WIDEST: Final = 64  # width of a bar
_TOP: Final = 13  # y of the text above all bars
_SAMPLE: Final = 24  # length of the line that stands for a target above the bars
_LINE: Final = 12  # height of a line of text
_ROW: Final = 42  # height of a lying bar and its texts
_WRITTEN: Final = 100  # width of the value printed after a horizontal bar


class ValueBar(NamedTuple):
    """A bar from 0 to a value, the value as written, and the words beneath the bar."""

    name: str
    value: float | None  # None if withheld
    written: str = ""
    cls: str = "bar"
    below: str = ""  # a second line of words beneath the bar
    raw: float | None = None  # the value as counted, if it differs
    raw_written: str = ""
    wrong: bool = False  # something in it was counted wrong


class TargetLine(NamedTuple):
    """A level to compare bars with."""

    value: float
    says: str


class LimitMark(NamedTuple):
    after: int
    says: str


class ShareBar(NamedTuple):
    name: str
    share: float
    low: float | None
    high: float | None
    written: str


def bars(
    each: Sequence[ValueBar], label: str, level: TargetLine | None = None, limit: LimitMark | None = None
) -> Markup:
    """Draw bars, with a `level` across them and a `limit` between two of them."""
    values = [value for bar in each for value in (bar.value, bar.raw) if value is not None]
    most = max([*values, level.value if level else 0.0]) or 1.0
    step = (WIDTH - 2 * SIDE) / max(1, len(each))
    wide, foot = min(step * 0.76, WIDEST), HEIGHT - FOOT

    def y(value: float) -> float:
        return foot - value / most * (foot - HEAD)

    def column(style: str, middle: float, value: float) -> Markup:
        return element("rect", cls=style, x=middle - wide / 2, y=y(value), width=wide, height=foot - y(value))

    def one(bar: ValueBar, middle: float) -> Iterator[str]:
        if bar.wrong:
            yield element("rect", cls="hatched", x=middle - step / 2, y=HEAD / 2, width=step, height=foot - HEAD / 2)
        if bar.value is not None:
            yield column(bar.cls, middle, bar.value)
            yield _text(bar.written, middle, y(bar.value) - 4, "value")
        if bar.raw is not None:
            yield column("raw", middle, bar.raw)
            near = bar.value is not None and abs(y(bar.raw) - y(bar.value)) < _LINE
            yield _text("" if near else bar.raw_written, middle, y(bar.raw) - 4, "value raw-text")
        yield _text(bar.name, middle, foot + 14, "tick")
        yield _text(bar.below, middle, foot + 27, "tick")

    def parts() -> Iterator[str]:
        drawn = (one(bar, SIDE + (number + 0.5) * step) for number, bar in enumerate(each))
        yield element("g", *chain.from_iterable(drawn), text_anchor="middle")
        yield element("line", cls="grid", x1=SIDE, x2=WIDTH - SIDE, y1=foot, y2=foot)
        yield from _across(level, y(level.value)) if level is not None else ()
        yield from _between(limit, step, len(each)) if limit is not None else ()

    return picture(WIDTH, HEIGHT, label, parts(), "bars")


def lying(each: Sequence[ShareBar], label: str) -> Markup:
    """Draw shares as horizontal bars from 0 to 1, each with its interval."""
    room = WIDTH - _WRITTEN

    def parts() -> Iterator[str]:
        for number, bar in enumerate(each):
            top = number * _ROW
            yield _text(bar.name, 0, top + 13, "tick")
            yield element("rect", cls="rest", x=0, y=top + 18, width=room, height=14)
            yield element("rect", cls="bar", x=0, y=top + 18, width=bar.share * room, height=14)
            if bar.low is not None and bar.high is not None:
                yield element("line", cls="between", x1=bar.low * room, x2=bar.high * room, y1=top + 25, y2=top + 25)
            yield _text(bar.written, room + 8, top + 30, "value")

    return picture(WIDTH, len(each) * _ROW, label, parts(), "bars")


def _across(level: TargetLine, y: float) -> Iterator[Markup]:
    """Draw a level, with its meaning above all bars."""
    yield element("line", cls="target", x1=SIDE, x2=WIDTH - SIDE, y1=y, y2=y)
    yield element("line", cls="target", x1=SIDE, x2=SIDE + _SAMPLE, y1=_TOP - 4, y2=_TOP - 4)
    yield _text(level.says, SIDE + _SAMPLE + 6, _TOP, "tick target-text")


def _between(limit: LimitMark, step: float, count: int) -> Iterator[Markup]:
    """Draw a limit, with its meaning on the side that has more room."""
    x, late = SIDE + limit.after * step, limit.after > count / 2
    yield element("line", cls="target", x1=x, x2=x, y1=_TOP - 8, y2=HEIGHT - FOOT)
    yield _text(limit.says, x + (-5 if late else 5), _TOP, "tick target-text", text_anchor="end" if late else "start")


def _text(words: str, x: float, y: float, cls: str, **more: str) -> Markup:
    return element("text", words, cls=cls, x=x, y=y, **more) if words else Markup()
