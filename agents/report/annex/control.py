"""Statistical control of the lines, by week."""

from __future__ import annotations

from agents.report import charts
from agents.report.blocks import Paragraph, Section
from agents.report.material import Material


def section(material: Material) -> Section | None:
    """Return the section; None if no line has enough weeks for limits."""
    found = []
    for each in material.principal():
        line = material.annual.lines[each.subject]
        chart = charts.control(line, material.annual.period, material.spans(each), material.telling)
        if chart is not None:
            found.append(Section(f"control-{each.subject}", each.label, (chart,)))
    if not found:
        return None
    text = material.telling.text
    told = Paragraph(text("A week beyond the limits is not explained by chance: it asks for a cause."), "note")
    return Section("control", text("Statistical control by week"), (told,), tuple(found))
