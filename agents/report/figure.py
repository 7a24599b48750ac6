"""An indicator as one large figure with its notes."""

from __future__ import annotations

from agents.report.blocks import Figure
from agents.report.material import Material
from agents.writing import NOTHING
from streams.indicators.indicator import Indicator


def figure(indicator: Indicator, material: Material, label: str | None = None) -> Figure:
    """Return an indicator's figure; its title is the default label."""
    telling, corrected = material.telling, indicator.corrected
    notes = telling.notes(indicator, telling.withheld(indicator))
    if indicator.before is not None:
        notes.append(telling.compared(indicator, indicator.before))
    differs = indicator.method != "none" and indicator.raw.value != corrected.value
    return Figure(
        label=label or telling.title(indicator),
        value=NOTHING if corrected.value is None else telling.value(indicator, corrected.value),
        raw=telling.value(indicator, indicator.raw.value) if differs else "",
        notes=tuple(notes),
        met=corrected.met,
    )
