"""Inline SVG: pure functions from numbers to markup, with every text escaped."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape


def element(tag: str, *inside: str, **attributes: float | str) -> Markup:
    """Return an element; `cls` is its class, and `_` replaces `-` in the names of other attributes.

    >>> element("text", "<9 h>", cls="tick", x=3.0, text_anchor="end")
    Markup('<text class="tick" x="3" text-anchor="end">&lt;9 h&gt;</text>')
    """
    given = "".join([f' {_name(name)}="{_value(value)}"' for name, value in attributes.items()])
    if not inside:
        return Markup(f"<{tag}{given}/>")  # noqa: S704 -- names of ours, values escaped
    return Markup(f"<{tag}{given}>{''.join(map(escape, inside))}</{tag}>")  # noqa: S704 -- the same


def picture(width: float, height: float, label: str, parts: Iterable[str], cls: str = "") -> Markup:
    """Return a whole picture, with a label for screen readers.

    >>> picture(9, 4.5, "3 calls", [element("rect", width=3)])
    Markup('<svg class="" viewBox="0 0 9 4.5" role="img" aria-label="3 calls"><rect width="3"/></svg>')
    """
    return element("svg", *parts, cls=cls, viewBox=f"0 0 {width:g} {height:g}", role="img", aria_label=label)


def path(points: Iterable[tuple[float, float]]) -> str:
    """Return the `d` of a path through points.

    >>> path([(0, 1.25), (4, 2)])
    'M0 1.2L4 2'
    """
    return "M" + "L".join(f"{_value(x)} {_value(y)}" for x, y in points)


def _name(name: str) -> str:
    return "class" if name == "cls" else name.replace("_", "-")


def _value(value: float | str) -> str:
    return escape(value) if isinstance(value, str) else f"{round(value, 1):g}"
