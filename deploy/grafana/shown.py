"""One thing that a panel shows, and how it differs from the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from grafana_foundation_sdk.models import common as style
from grafana_foundation_sdk.models.dashboard import DashboardLink, DynamicConfigValue, FieldColorModeId, ValueMapping

THIN, BOLD = 1, 3  # widths of lines, px: on paper they are told by these
AREA: Final = 30  # %: opacity of what lies behind the lines
LINES: Final = {"dashed": {"fill": "dash", "dash": [8, 6]}, "dotted": {"fill": "dot", "dash": [0, 8]}}


@dataclass(frozen=True)
class Shown:
    """Hold one thing that a panel shows: how it is asked for, what it is called, and how it differs from the others.

    In a table it is a column. It has its `colour` whatever the value; `mappings` put words for values; what is usual is
    an `area` behind, what was to be expected or is not believed is `dashed`, what is aimed at `dotted`; these two are
    lines even among bars. `link` is where a click leads.
    """

    expr: str
    name: str
    unit: str | None = None
    colour: str | None = None
    mappings: Sequence[ValueMapping] = ()
    line: Literal["solid", "area", "dashed", "dotted"] = "solid"
    width: int | None = None
    link: DashboardLink | None = None

    def properties(self) -> Iterator[DynamicConfigValue]:
        """Yield what overrides the defaults of its panel."""
        if self.unit is not None:
            yield DynamicConfigValue("unit", self.unit)
        if self.colour is not None:
            yield painted(self.colour)
        if self.mappings:
            yield DynamicConfigValue("mappings", list(self.mappings))
        if self.link is not None:
            yield DynamicConfigValue("links", [self.link])
        if self.width is not None:
            yield DynamicConfigValue("custom.lineWidth", self.width)
        if self.line == "area":
            yield DynamicConfigValue("custom.lineWidth", 0)
            yield DynamicConfigValue("custom.fillOpacity", AREA)
        elif self.line != "solid":
            yield DynamicConfigValue("custom.drawStyle", style.GraphDrawStyle.LINE)
            yield DynamicConfigValue("custom.lineStyle", LINES[self.line])
            yield DynamicConfigValue("custom.lineWidth", 2)
            yield DynamicConfigValue("custom.fillOpacity", 0)
            yield DynamicConfigValue("custom.stacking", {"mode": style.StackingMode.NONE})


def painted(colour: str) -> DynamicConfigValue:
    """Return what paints a figure in a colour, whatever its value."""
    return DynamicConfigValue("color", {"mode": FieldColorModeId.FIXED, "fixedColor": colour})
