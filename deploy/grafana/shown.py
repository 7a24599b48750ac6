"""A series of a panel, and its appearance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from grafana_foundation_sdk.models import common as style
from grafana_foundation_sdk.models.dashboard import DashboardLink, DynamicConfigValue, FieldColorModeId, ValueMapping

THIN, BOLD = 1, 3  # widths of lines, px: they distinguish lines on paper
AREA: Final = 30  # %: opacity of areas behind the lines
LINES: Final = {"dashed": {"fill": "dash", "dash": [8, 6]}, "dotted": {"fill": "dot", "dash": [0, 8]}}


@dataclass(frozen=True)
class Shown:
    """A series of a panel, or a column of a table: its query, name and appearance.

    A series has its `colour` whatever the value; `mappings` replace values with words. Usual values are drawn as an
    `area` behind, expected or doubted values are `dashed`, targets are `dotted`; dashed and dotted series are lines
    even among bars. `link` is the target of a click.
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
        """Yield the overrides of the panel's defaults."""
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
    """Return an override that gives a figure a colour, whatever its value."""
    return DynamicConfigValue("color", {"mode": FieldColorModeId.FIXED, "fixedColor": colour})
