"""The checks behind each line's figure."""

from __future__ import annotations

from agents.pages.checks import sentences
from agents.report.blocks import Items, Section
from agents.report.material import Material


def section(material: Material) -> Section | None:
    """Return the section; None if the checks are unknown."""
    if not material.checked:
        return None
    text, telling = material.telling.text, material.telling
    told = [
        f"{material.annual.lines[name].plan.label}{telling.colon}{' '.join(sentences(each, telling.language))}"
        for name, each in material.checked.items()
    ]
    return Section("checks", text("What was checked"), (Items(tuple(told)),))
