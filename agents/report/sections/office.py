"""What the office did, forecast and promised."""

from __future__ import annotations

from agents.desk_view.actions import WEEKS, ActionWords
from agents.desk_view.reading import desks_of
from agents.forecast.year import DeskScore
from agents.pages.words import METHODS
from agents.report.blocks import Paragraph, Section, Table
from agents.report.material import Material
from agents.writing import NOTHING, Writing
from config.office import Commitment
from streams.indicators.indicator import Indicator


def actions(material: Material) -> Section | None:
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


def forecasts(material: Material) -> Section | None:
    """Return the section; None if no forecast was scored."""
    if not material.forecasts:
        return None
    text = material.telling.text
    title = text("Forecasts of the year")
    head = (
        text("line or service"),
        text("days"),
        text("within the 95% interval"),
        text("error relative to the eight weekdays"),
    )
    says = text(
        "Every second week is forecast from the days before it. The error is the mean quantile score, relative to the "
        "mean of the last eight same weekdays: above 100%, the forecast is not shown."
    )
    rows = tuple(_forecast(material, each) for each in material.forecasts)
    return Section("forecasts", title, (Table(title, head, rows, (False, True, True, True)), Paragraph(says, "note")))


def _forecast(material: Material, found: DeskScore) -> tuple[str, ...]:
    kind, name = found.desk
    label, text = desks_of(material.settings)[kind][name].label or name, material.telling.text
    if found.score is None:
        return label, NOTHING, NOTHING, text("unknown: too few days")
    days, pinball, usual, held = found.score
    number, percent = (writing := Writing(text.language)).number, writing.percent
    return label, number(days), percent(held, 0), percent(pinball / usual, 0) if usual else NOTHING


def commitments(material: Material) -> Section | None:
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
    rows = tuple(_commitment(each, known.get(each.indicator), material) for each in promised)
    kept = [known[each.indicator].corrected.met for each in promised if each.indicator in known]
    says = text(
        "Kept: {kept} of {all}; not kept: {missed}; the others have no figure or no target.",
        kept=sum(each is True for each in kept),
        all=len(promised),
        missed=sum(each is False for each in kept),
    )
    title = text("Commitments")
    return Section("commitments", title, (Paragraph(says), Table(title, head, rows, (False,) * len(head))))


def _commitment(promised: Commitment, shown: Indicator | None, material: Material) -> tuple[str, ...]:
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
