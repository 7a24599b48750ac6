"""A picture of a page as a file of its own, with style and hatching inside."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

_VARIABLE: Final = re.compile(r"(--[\w-]+):\s*([^;}]+)")
_USED: Final = re.compile(r"var\((--[\w-]+)\)")
_RULES: Final = re.compile(r"^(?:svg|rect|\.)[^{}\n]*\{[^{}]*\}", re.MULTILINE)
_NO_XML: Final = re.compile(r"[^\t\n\r\x20-\ufffd\U00010000-\U0010ffff]")
HATCH: Final = (
    '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="hatch" width="7" height="7"/><line class="hatch" x2="0" y2="7"/></pattern></defs>'
)


def standing_alone(svg: str) -> str:
    """Return a picture's SVG with its name space, its style on light paper, and its hatching."""
    head, inside = _NO_XML.sub("\ufffd", svg).split(">", 1)
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{_style()}</style>{HATCH}{inside}'


def width(svg: str) -> float:
    """Return the width of a picture, in its own units.

    >>> width('<svg viewBox="0 0 360 190" role="img"></svg>')
    360.0
    """
    found = re.search(r'viewBox="0 0 (\S+) ', svg)
    assert found is not None  # each of our pictures has one
    return float(found[1])


@cache
def _style() -> str:
    """Return the rules for pictures, with colours in place of their names."""
    colours, rules = (
        files("agents.pages").joinpath(f"templates/{name}.css").read_text(encoding="utf-8")
        for name in ("style", "drawing")
    )
    light = dict(_VARIABLE.findall(colours[: colours.index("@media")]))
    return _USED.sub(lambda found: light[found[1]], "".join(_RULES.findall(rules)))
