"""The office's own introduction, and the essential: whether the figures can be trusted, and the main figures."""

from __future__ import annotations

from agents.pages.withheld import broken
from agents.report.blocks import Block, Figures, Markdown, Paragraph, Section
from agents.report.change import verdicts
from agents.report.finding import dismissals, finding
from agents.report.material import Material
from agents.report.sections import satisfaction
from agents.report.shown import figure


def meeting(material: Material) -> str:
    """Return the day of the committee's meeting, in words; empty if none is set."""
    day = material.settings.office.meeting
    if day is None:
        return ""
    return material.telling.text("Users' committee of {day}", day=material.telling.day(day))


def introduction(material: Material) -> Section | None:
    """Return the section; None without a text."""
    file = material.settings.office.introduction
    if file is None:
        return None
    return Section("introduction", material.telling.text("Introduction"), (Markdown(file.read_text(encoding="utf-8")),))


def essential(material: Material) -> Section:
    """Return the section; a single sentence if nothing was counted."""
    text, telling = material.telling.text, material.telling
    blocks: list[Block] = []
    if wrong := broken(material.breaches, telling.language):
        blocks.append(Paragraph(wrong, "warning"))
    if not material.counted:
        blocks.append(Paragraph(text("Nothing was counted in this period.")))
        return Section("essential", text("The essential"), tuple(blocks))
    if told := verdicts(material.leading(), telling):
        blocks.append(Paragraph(told))
    blocks += _trust(material)
    blocks += [
        Paragraph(f"{telling.name(each)}{telling.colon}{broke}.", "warning")
        for each in material.counted
        for broke in telling.breaks(each)
    ]
    chosen = [figure(each, material, telling.name(each)) for each in material.leading() if each.of != "survey"]
    blocks.append(Figures((*chosen, *satisfaction.figures(material))))
    return Section("essential", text("The essential"), tuple(blocks))


def _trust(material: Material) -> list[Block]:
    """Return a block on desks that were counted wrong, or one saying that no line is suspect; none without lines."""
    telling, lines = material.telling, material.principal()
    others = [each for each in material.leading() if each.of != "line"]
    suspect = [each for each in (*lines, *others) if each.incidents or each.guard]
    told = [Paragraph(f"{each.label}{telling.colon}{finding(each, material)}", "warning") for each in suspect]
    told += [
        Paragraph(f"{each.label}{telling.colon}{dismissal.text}")
        for each in (*lines, *others)
        for dismissal in dismissals([each], material)
    ]
    if lines and not told:
        every = telling.text("No miscount of calls is suspected: the values as counted are the published ones.")
        return [Paragraph(every)]
    return [*told]
