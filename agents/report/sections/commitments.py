"""The office's commitments: what it promises, the figure and the target, the evidence, and who answers for it."""

from __future__ import annotations

from agents.pages.words import METHODS
from agents.report.blocks import Paragraph, Section, Table
from agents.report.material import Material
from agents.writing import NOTHING
from config.office import Commitment
from streams.indicators.indicator import Indicator


def section(material: Material) -> Section | None:
    """Return the section; None without a commitment."""
    promised = material.settings.office.commitments
    if not promised:
        return None
    text = material.telling.text
    known = {each.id: each for each in material.annual.indicators}
    head = (
        text("Commitment"),
        text("Indicator"),
        text("Figure"),
        text("Target"),
        text("Proof"),
        text("Responsible"),
    )
    rows = tuple(_row(each, known.get(each.indicator), material) for each in promised)
    kept = [known[each.indicator].corrected.met for each in promised if each.indicator in known]
    says = text(
        "Kept: {kept} of {all}; not kept: {missed}; the others have no figure or no target.",
        kept=sum(each is True for each in kept),
        all=len(promised),
        missed=sum(each is False for each in kept),
    )
    title = text("Commitments")
    return Section("commitments", title, (Paragraph(says), Table(title, head, rows, (False,) * len(head))))


def _row(promised: Commitment, shown: Indicator | None, material: Material) -> tuple[str, ...]:
    telling = material.telling
    owner = promised.owner or NOTHING
    if shown is None:
        return promised.label, promised.indicator, NOTHING, NOTHING, telling.text("nothing was counted"), owner
    met = {True: " ✓", False: " ✗", None: ""}[shown.corrected.met]
    figure = telling.value(shown, shown.corrected.value) + met
    return promised.label, telling.name(shown), figure, telling.target(shown), _evidence(shown, material), owner


def _evidence(shown: Indicator, material: Material) -> str:
    """Return how a figure was counted: its numbers, its method and coverage, or why it is withheld."""
    telling, text, best = material.telling, material.telling.text, shown.corrected
    if shown.guard is not None:
        return telling.withheld(shown)
    parts = [f"{telling.number(best.part)} / {telling.number(best.whole)}"] if best.part is not None else []
    parts.append(text(METHODS[shown.method]))
    if shown.method != "none":
        parts.append(text("coverage {share}", share=telling.percent(shown.coverage, 1)))
        parts.append(telling.text.counted("{count} incident", "{count} incidents", len(shown.incidents)))
    return telling.semicolon.join(parts)
