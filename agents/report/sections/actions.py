"""The office's actions of the period, and what each changed."""

from __future__ import annotations

from agents.desk_view.action_words import ActionWords
from agents.desk_view.actions import WEEKS
from agents.report.blocks import Paragraph, Section, Table
from agents.report.material import Material


def section(material: Material) -> Section | None:
    """Return the section; None without an action."""
    if not material.actions:
        return None
    text, words = material.telling.text, ActionWords(material.telling.text)
    rows = tuple((words.head(each), words.figure(each), *words.cells(each)) for each in material.actions)
    head = (text("action"), text("figure"), *words.columns())
    title = text("What the actions changed")
    says = text(
        "Up to {weeks} weeks before and since, without miscounted slots. Season and other changes count too.",
        weeks=WEEKS,
    )
    return Section(
        "actions", title, (Table(title, head, rows, (False, False, True, True, True, False)), Paragraph(says, "note"))
    )
