"""The edition of the figures, and how to trace it."""

from __future__ import annotations

from agents.report.blocks import Paragraph, Section
from agents.report.material import Material
from streams.indicators.period import Period
from streams.periods.named import kind_of


def edition(material: Material) -> str:
    """Return the edition of the figures, in words."""
    text, telling, vintage, annual = material.telling.text, material.telling, material.vintage, material.annual
    if vintage is None:
        told = text("figures as of {day}", day=telling.day(annual.today))
    else:
        told = text("edition {number} of {when}", number=vintage.number, when=telling.local(vintage.at))
        decided = max((one.at for each in annual.incidents for one in each.decisions), default=0)
        if decided > vintage.at:  # it changed no figure, but the text
            told = text("{edition}, with what was decided until {when}", edition=told, when=telling.local(decided))
    return telling.edition(told, annual.period, annual.today)


def section(material: Material) -> Section | None:
    """Return the section; None if the figures are no edition."""
    vintage = material.vintage
    if vintage is None:
        return None
    text, period = material.telling.text, material.annual.period
    digest = text("Edition {number}; digest of the figures:", number=vintage.number)
    others = text("Earlier editions can still be read:")
    return Section(
        "editions",
        text("Editions"),
        (Paragraph(f"{digest} {vintage.digest}"), Paragraph(f"{others} tocsin totals {_asked(period)} --vintage N")),
    )


def _asked(period: Period) -> str:
    kind = kind_of(period)
    if kind in {"year", "quarter", "month"}:
        return f"--{kind} {period.name}"
    return f"--from {period.first} --to {period.last}"
