"""The computation, source and bias of each kind of figure."""

from __future__ import annotations

from agents.pages import sheets, words
from agents.report.blocks import Paragraph, Section, Table
from agents.report.material import Material
from streams.indicators.indicator import Indicator
from streams.indicators.kinds import IndicatorKind


def section(material: Material) -> Section:
    """Return the section, with the kinds that have a count."""
    text, telling = material.telling.text, material.telling
    made = text(
        "The raw value is what was counted; it is never changed. "
        "The corrected value recounts the calls that a law shows to be wrong, else it leaves out the quarters of an "
        "hour concerned; coverage is the share of the opening hours it stands on. "
        "Below 75% it is not published. One year's figure never stands in for another's."
    )
    first: dict[IndicatorKind, Indicator] = {}
    for each in material.counted:
        first.setdefault(each.kind, each)
    rows = []
    for kind, each in first.items():
        sheet = sheets.SHEETS[kind]
        computed = text(sheets.about(sheet.computed, each))
        rows.append(
            (
                telling.title(each),
                text(words.UNITS[each.unit]),
                computed,
                text(sheets.SOURCES[each.of]),
                text(sheet.bias),
            )
        )
    title = text("How these figures are made")
    head = (text("Indicator"), text("Unit"), text("Computation"), text("Source"), text("Bias"))
    codes = " · ".join(f"{code} {text(said)}" for code, said in words.STATUSES.items())
    name = text("Statuses")
    statuses = Paragraph(f"{name} (SDMX){telling.colon}{codes}.", "note")
    table = [Table(text("Definitions"), head, tuple(rows), (False,) * len(head))] if rows else []
    return Section("definitions", title, (Paragraph(made), *table, statuses))
