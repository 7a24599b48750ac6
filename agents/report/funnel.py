"""The funnel: each office's lost rate by its number of calls, within limits that widen for few calls.

The axis of calls is logarithmic, because offices differ so much in their calls. An office beyond the limits is named,
and has a shape and colour of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log10
from typing import Final, NamedTuple, assert_never

from markupsafe import Markup

from agents.pages.svg import element, path, picture
from agents.report.blocks import Picture
from agents.report.plot import digits, step
from agents.totals.telling import Telling
from streams.rollup.funnel import Funnel, FunnelLimits, FunnelPoint

WIDTH: Final = 720
HEIGHT: Final = 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 18, 44
_NAMED: Final = 12  # most offices that are named
_BESIDE: Final = 8  # distance from a point to its name
_ROOM: Final = 13  # distance between two names
_ABOVE: Final = 1.1  # room above the highest point


def funnel_picture(
    funnel: Funnel, labels: Mapping[str, str], telling: Telling, address: Callable[[str], str | None] = lambda _: None
) -> Picture | None:
    """Draw a funnel; None if offices are too few to be compared.

    An office with an `address` is a link with its name and rate.
    """
    limits, points = funnel.limits(), [each for each in funnel.points if each.z is not None]
    if not limits or funnel.rate is None:
        return None
    text = telling.text
    title = text("Lost rate of each office by the calls that it stands on")
    above, below = (len(funnel.of(verdict)) for verdict in ("above", "below"))
    says = text(
        "{count} offices around {rate}: {above} above the outer limits, {below} below them.",
        count=len(points),
        rate=telling.percent(funnel.rate),
        above=above,
        below=below,
    )
    axes = _Axes(limits, points, funnel.rate)
    parts = (
        *axes.grid(telling),
        *_curves(axes, limits, funnel.rate, telling),
        *_points(axes, points, _Named(labels, address, telling)),
    )
    drawn = str(picture(WIDTH, HEIGHT, f"{title}. {says}", parts))
    if any(address(each.site) for each in points):
        drawn = drawn.replace('role="img"', 'role="group"', 1)  # nothing inside an image can be selected
    return Picture(title, drawn, says)


class _Named(NamedTuple):
    """The names of offices, and their places in the picture."""

    labels: Mapping[str, str]
    address: Callable[[str], str | None]
    telling: Telling

    def point(self, point: FunnelPoint, shape: Markup) -> Markup:
        """Return the drawing of an office, as a link if it has an address."""
        where = self.address(point.site)
        rate, calls = self.telling.percent(point.rate), self.telling.number(point.offered)
        facts = {"office": self.labels[point.site], "rate": rate, "calls": calls}
        says = self.telling.text("{office}: {rate} of {calls} calls", **facts)
        if where is None:
            return shape
        return element("a", element("title", says), shape, href=where, aria_label=says)


class _Axes:
    """The scales of calls and rates."""

    def __init__(self, limits: Sequence[FunnelLimits], points: Sequence[FunnelPoint], rate: float) -> None:
        self.least, self.most = log10(limits[0].offered), log10(max(limits[-1].offered, limits[0].offered + 1))
        widest = max(each.inner_high for each in limits)
        highest = max([rate * 2, *(each.adjusted or 0.0 for each in points), min(widest, rate * 4)])
        self._step = step(highest * _ABOVE)
        self.top = min(1.0, highest * _ABOVE)

    def x(self, offered: float) -> float:
        share = (log10(max(1.0, offered)) - self.least) / (self.most - self.least)
        return _LEFT + min(1.0, max(0.0, share)) * (WIDTH - _LEFT - _RIGHT)

    def y(self, rate: float) -> float:
        return HEIGHT - _BOTTOM - min(rate, self.top) / self.top * (HEIGHT - _TOP - _BOTTOM)

    def grid(self, telling: Telling) -> Iterator[Markup]:
        """Yield the grid, with the labels of the axes."""
        for number in range(int(self.top / self._step + 1e-9) + 1):
            rate = number * self._step
            yield element("line", cls="grid", x1=_LEFT, x2=WIDTH - _RIGHT, y1=self.y(rate), y2=self.y(rate))
            written = telling.percent(rate, digits(rate))
            yield element("text", written, cls="tick", x=_LEFT - 6, y=self.y(rate) + 4, text_anchor="end")
        ticks = [one * 10**power for power in range(8) for one in (1, 2, 5)]
        shown = [each for each in ticks if self.least <= log10(each) <= self.most]
        for calls in shown:
            yield element(
                "text",
                telling.number(calls),
                cls="tick",
                x=self.x(calls),
                y=HEIGHT - _BOTTOM + 16,
                text_anchor="middle",
            )
        says = telling.text("calls offered in the period, by their logarithm")
        yield element("text", says, cls="tick", x=(WIDTH + _LEFT) / 2, y=HEIGHT - 8, text_anchor="middle")


def _curves(axes: _Axes, limits: Sequence[FunnelLimits], rate: float, telling: Telling) -> Iterator[Markup]:
    for name, cls in (("inner_low", "limit"), ("inner_high", "limit"), ("outer_low", "outer"), ("outer_high", "outer")):
        points = [(axes.x(each.offered), axes.y(getattr(each, name))) for each in limits]
        yield element("path", cls=cls, d=path(points))
    y = axes.y(rate)
    yield element("line", cls="centre", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y)
    first = limits[0]
    for value, says in (
        (rate, telling.percent(rate)),
        (first.inner_high, telling.percent(0.95, 0)),
        (first.outer_high, telling.percent(0.998, 1)),
    ):
        yield element("text", says, cls="tick centre-text", x=_LEFT + 4, y=axes.y(value) - 4)


def _points(axes: _Axes, points: Sequence[FunnelPoint], named: _Named) -> Iterator[Markup]:
    apart = [each for each in points if each.verdict != "alike"]
    for each in points:
        x, y = axes.x(each.offered), axes.y(each.adjusted or 0.0)
        match each.verdict:
            case "above":
                shape = element("path", cls="outside", d=f"M{x:.1f} {y - 6:.1f}l6 10h-12z")
            case "below":
                shape = element("path", cls="under", d=f"M{x:.1f} {y + 6:.1f}l6 -10h-12z")
            case "alike" | None:
                shape = element("circle", cls="point", cx=x, cy=y, r=3.5)
            case never:
                assert_never(never)
        yield named.point(each, shape)
    taken: list[tuple[float, float]] = []
    for each in sorted(apart, key=lambda point: -abs(point.z or 0.0))[:_NAMED]:
        x, y = axes.x(each.offered), axes.y(each.adjusted or 0.0) + 4
        late = x > WIDTH / 2
        while any(abs(y - other) < _ROOM and abs(x - beside) < WIDTH / 3 for beside, other in taken):
            y -= _ROOM
        taken.append((x, y))
        beside = x - _BESIDE if late else x + _BESIDE
        yield element(
            "text", named.labels[each.site], cls="value", x=beside, y=y, text_anchor="end" if late else "start"
        )
