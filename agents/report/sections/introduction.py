"""The meeting and the office's own introduction."""

from __future__ import annotations

from agents.report.blocks import Markdown, Section
from agents.report.material import Material


def meeting(material: Material) -> str:
    """Return the day of the committee's meeting, in words; empty if none is set."""
    day = material.settings.office.meeting
    if day is None:
        return ""
    return material.telling.text("Users' committee of {day}", day=material.telling.day(day))


def section(material: Material) -> Section | None:
    """Return the section; None without a text."""
    file = material.settings.office.introduction
    if file is None:
        return None
    return Section("introduction", material.telling.text("Introduction"), (Markdown(file.read_text(encoding="utf-8")),))
