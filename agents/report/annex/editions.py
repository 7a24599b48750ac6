"""The edition of the figures, and how to trace it."""

from __future__ import annotations

from agents.report.blocks import Paragraph, Section
from agents.report.material import Material


def edition(material: Material) -> str:
    """Return the edition of the figures, in words."""
    text, telling, vintage, annual = material.telling.text, material.telling, material.vintage, material.annual
    if vintage is None:
        told = text("figures as of {day}", day=telling.day(annual.today))
    else:
        told = text("edition {number} of {when}", number=vintage.number, when=telling.local(vintage.at))
        decided = max((one.at for each in annual.incidents for one in each.decisions), default=0)
        if decided > vintage.at:  # the decision changed no figure, only the text
            told = text("{edition}, with what was decided until {when}", edition=told, when=telling.local(decided))
    return telling.edition(told, annual.period, annual.today)


def section(material: Material) -> Section | None:
    """Return the section; None if the figures are no edition."""
    vintage = material.vintage
    if vintage is None:
        return None
    found = material.telling.text(
        "Edition {number}. Earlier editions remain available. The workbook (XLSX) has the digest of the figures and "
        "the ids of the incidents.",
        number=vintage.number,
    )
    return Section("editions", material.telling.text("Editions"), (Paragraph(found),))
