"""The pictures of an incident, drawn here as SVG: a rate before and since, and two bars to compare."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from markupsafe import Markup

WIDTH: Final = 900
HEIGHT: Final = 230
LEFT, RIGHT, TOP, FOOT = 52, 12, 26, 30  # room around the bars
STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


class RateBar(NamedTuple):
    """Hold a rate to draw: as counted, and as recounted where that is another one or not known."""

    counted: float
    recounted: float | None
    within: bool
    says: str  # for who points at it
    tick: str = ""  # beneath it


class Level(NamedTuple):
    """Hold a rate that the bars are compared with."""

    rate: float
    says: str


def rates(bars: Sequence[RateBar], target: Level | None, begins: str, label: str, written: Sequence[str]) -> Markup:
    """Draw rates side by side, those of the incident in its colour; what was counted stands behind as an outline.

    `begins` is written where the incident begins; `written` are the words at the levels that `levels` gives.
    """
    top = scale(bars, target)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(bars))
    parts = [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(level, top)}" y2="{_y(level, top)}" class="grid"/>'
        f'<text x="{LEFT - 8}" y="{_y(level, top) + 5:.1f}" class="tick" text-anchor="end">{escape(said)}</text>'
        for level, said in zip(levels(top), written, strict=True)
    ]
    first = next((number for number, bar in enumerate(bars) if bar.within), None)
    for number, bar in enumerate(bars):
        x, width = LEFT + number * step + step * 0.12, step * 0.76
        drawn = [] if bar.recounted is None else [_rect(x, width, bar.recounted, top, f"bar{' m' * bar.within}")]
        if bar.within and bar.recounted != bar.counted:
            drawn.insert(0, _rect(x, width, bar.counted, top, "ghost"))
        parts.append(f"<g><title>{escape(bar.says)}</title>{''.join(drawn)}</g>")
        if bar.tick:
            parts.append(
                f'<text x="{x + width / 2:.1f}" y="{HEIGHT - 9}" class="tick" text-anchor="middle">{escape(bar.tick)}</text>'
            )
    if target is not None:
        y = _y(target.rate, top)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" class="target"/>')
        parts.append(
            f'<text x="{LEFT + 4}" y="{y - 6:.1f}" class="tick target-text">{escape(target.says)}</text>'
        )
    if first is not None:
        x = LEFT + first * step
        anchor = "end" if first > len(bars) / 2 else "start"
        moved = -6 if anchor == "end" else 6
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="8" y2="{HEIGHT - FOOT}" class="begin"/>')
        parts.append(f'<text x="{x + moved:.1f}" y="18" class="tick" text-anchor="{anchor}">{escape(begins)}</text>')
    return _svg(WIDTH, HEIGHT, label, parts)


def scale(bars: Sequence[RateBar], target: Level | None) -> float:
    """Return the rate at the top of a picture: a whole number of steps, above all that it shows."""
    most = max([0.01, *(bar.counted for bar in bars), *([] if target is None else [target.rate * 1.2])])
    step = _step(most)
    return step * -(-most // step)


def levels(top: float) -> list[float]:
    """Return the rates that are written beside a picture.

    >>> levels(0.4), levels(0.03)
    ([0.0, 0.2, 0.4], [0.0, 0.02])
    """
    step = _step(top)
    return [round(number * step, 4) for number in range(int(top / step + 1e-9) + 1)]


def pair(bars: Sequence[tuple[str, float, str]], label: str) -> Markup:
    """Draw what was seen above what was to be expected; each bar is a label, a value and how that is written."""
    most = max(value for _, value, _ in bars) or 1.0
    parts = []
    for number, (name, value, said) in enumerate(bars):
        y, width = 6 + 30 * number, max(2.0, 250 * value / most)
        parts += [
            f'<text x="0" y="{y + 15}" class="lab{" soft" * bool(number)}">{escape(name)}</text>',
            f'<rect x="130" y="{y}" width="{width:.1f}" height="20" class="{"ghost" if number else "bar m"}"/>',
            f'<text x="{138 + width:.1f}" y="{y + 15}" class="lab{" soft" * bool(number)}">{escape(said)}</text>',
        ]
    return _svg(480, 62, label, parts)


def _step(most: float) -> float:
    return next((each for each in STEPS if most / each <= 2.5), 0.5)  # noqa: PLR2004 -- two or three levels are read at once


def _y(rate: float, top: float) -> float:
    return round(HEIGHT - FOOT - (HEIGHT - FOOT - TOP) * min(rate, top) / top, 1)


def _rect(x: float, width: float, rate: float, top: float, kind: str) -> str:
    y = _y(rate, top)
    return f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{HEIGHT - FOOT - y:.1f}" class="{kind}"/>'


def _svg(width: int, height: int, label: str, parts: Sequence[str]) -> Markup:
    # The texts are escaped above; numbers are ours.
    return Markup(f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>')  # noqa: S704 -- the same
