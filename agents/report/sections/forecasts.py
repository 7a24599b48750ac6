"""How good the forecasts of the year were, for each line and service."""

from __future__ import annotations

from agents.desk_view.reading import desks_of
from agents.forecast.year import DeskScore
from agents.report.blocks import Paragraph, Section, Table
from agents.report.material import Material
from agents.writing import NOTHING, Writing


def section(material: Material) -> Section | None:
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
    rows = tuple(_row(material, each) for each in material.forecasts)
    return Section("forecasts", title, (Table(title, head, rows, (False, True, True, True)), Paragraph(says, "note")))


def _row(material: Material, found: DeskScore) -> tuple[str, ...]:
    kind, name = found.desk
    label, text = desks_of(material.settings)[kind][name].label or name, material.telling.text
    if found.score is None:
        return label, NOTHING, NOTHING, text("unknown: too few days")
    days, pinball, usual, held = found.score
    number, percent = (writing := Writing(text.language)).number, writing.percent
    return label, number(days), percent(held, 0), percent(pinball / usual, 0) if usual else NOTHING
