"""The other alarms, which change no figure."""

from __future__ import annotations

from agents.pages import words
from agents.report.blocks import Section, Table
from agents.report.material import Material


def section(material: Material) -> Section | None:
    """Return the section; None where there was none."""
    _, others = material.annual.told()
    if not others:
        return None
    text, telling = material.telling.text, material.telling
    rows = [
        (
            material.label(each.line),
            telling.what(each),
            *map(telling.local, each.bounds()),
            text(words.STANDINGS[each.status]),
        )
        for each in others
    ]
    title = text("Other alarms, which change no figure")
    head = (text("Line"), text("Alarm"), text("From"), text("To"), text("Decision"))
    return Section("alarms", title, (Table(title, head, tuple(rows), (False,) * len(head)),))
