"""The pictures of an incident as SVG: a rate or a mean before and since, and two bars to compare."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from markupsafe import Markup

WIDE, NARROW = 900, 400  # for a desktop and a phone
HEIGHT: Final = 230
LEFT, RIGHT, TOP, FOOT = 52, 12, 26, 30  # margins
STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, *(one * 10.0**ten for ten in range(4) for one in (1, 2, 5)))


class RateBar(NamedTuple):
    """A rate to draw; `recounted` equals `counted` outside a miscount, and is None if it is not known."""

    counted: float
    recounted: float | None
    within: bool
    says: str  # tooltip
    tick: str = ""  # label below the bar


class PictureWords(NamedTuple):
    begins: str  # marks the start of the incident
    label: str  # the picture's description
    levels: Sequence[str]  # labels of the rates that `levels` returns


def rates(bars: Sequence[RateBar], target: float | None, words: PictureWords) -> Markup:
    """Draw rates side by side: those of the incident in its colour, in front of an outline of the counted rate.

    Returns a wide and a narrow version, so that the texts are legible on any screen; the style sheet shows one of them.
    """
    return _rates(bars, target, words, WIDE) + _rates(bars, target, words, NARROW)


def _rates(bars: Sequence[RateBar], target: float | None, words: PictureWords, whole: int) -> Markup:
    top = scale(bars, target)
    step = (whole - LEFT - RIGHT) / max(1, len(bars))
    parts = [
        f'<line x1="{LEFT}" x2="{whole - RIGHT}" y1="{_y(level, top)}" y2="{_y(level, top)}" class="grid"/>'
        + _word(LEFT - 8, _y(level, top) + 5, said, "end")
        for level, said in zip(levels(top), words.levels, strict=True)
    ]
    ticks = [number for number, bar in enumerate(bars) if bar.tick]
    written = set(ticks if whole == WIDE else ticks[::3])
    first = next((number for number, bar in enumerate(bars) if bar.within), None)
    for number, bar in enumerate(bars):
        x, width = LEFT + number * step + step * 0.12, step * 0.76
        drawn = [] if bar.recounted is None else [_rect(x, width, bar.recounted, top, f"bar{' m' * bar.within}")]
        if bar.within and bar.recounted != bar.counted:
            drawn.insert(0, _rect(x, width, bar.counted, top, "ghost"))
        parts.append(f"<g><title>{escape(bar.says)}</title>{''.join(drawn)}</g>")
        if number in written:
            parts.append(_word(x + width / 2, HEIGHT - 9, bar.tick, "middle"))
    if target is not None:
        y = _y(target, top)
        parts.append(f'<line x1="{LEFT}" x2="{whole - RIGHT}" y1="{y}" y2="{y}" class="target"/>')
    if first is not None:
        x = LEFT + first * step
        anchor = "end" if first > len(bars) / 2 else "start"
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="8" y2="{HEIGHT - FOOT}" class="begin"/>')
        parts.append(_word(x - 6 if anchor == "end" else x + 6, 18, words.begins, anchor))
    return _svg(whole, HEIGHT, words.label, parts, "wide" if whole == WIDE else "narrow")


def scale(bars: Sequence[RateBar], target: float | None) -> float:
    """Return the rate at the top of a picture: a multiple of a step, above all bars and the target."""
    most = max([0.01, *(bar.counted for bar in bars), *([] if target is None else [target * 1.2])])
    step = _step(most)
    return step * -(-most // step)


def levels(top: float) -> list[float]:
    """Return the rates to label on the axis.

    >>> levels(0.4), levels(0.03)
    ([0.0, 0.2, 0.4], [0.0, 0.02])
    """
    step = _step(top)
    return [round(number * step, 4) for number in range(int(top / step + 1e-9) + 1)]


def pair(bars: Sequence[tuple[str, float, str]], label: str) -> Markup:
    """Draw the observed value above the expected value; each bar is (label, value, formatted value)."""
    most = max(value for _, value, _ in bars) or 1.0
    parts = []
    for number, (name, value, said) in enumerate(bars):
        y, width = 6 + 30 * number, max(2.0, 130 * value / most)
        parts += [
            f'<text x="0" y="{y + 15}" class="lab{" soft" * bool(number)}">{escape(name)}</text>',
            f'<rect x="150" y="{y}" width="{width:.1f}" height="20" class="{"ghost" if number else "bar m"}"/>',
            f'<text x="{158 + width:.1f}" y="{y + 15}" class="lab{" soft" * bool(number)}">{escape(said)}</text>',
        ]
    return _svg(360, 62, label, parts, "pair")


def _step(most: float) -> float:
    return next((each for each in STEPS if most / each <= 2.5), STEPS[-1])  # noqa: PLR2004 -- two or three labels are read at a glance


def _word(x: float, y: float, said: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="tick" text-anchor="{anchor}">{escape(said)}</text>'


def _y(rate: float, top: float) -> float:
    return round(HEIGHT - FOOT - (HEIGHT - FOOT - TOP) * min(rate, top) / top, 1)


def _rect(x: float, width: float, rate: float, top: float, kind: str) -> str:
    y = _y(rate, top)
    return f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{HEIGHT - FOOT - y:.1f}" class="{kind}"/>'


def _svg(width: int, height: int, label: str, parts: Sequence[str], kind: str) -> Markup:
    about = f'class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}"'
    drawn = f"<svg {about}>{''.join(parts)}</svg>"
    return Markup(drawn)  # noqa: S704 -- texts are escaped, everything else is a number
