"""Satisfaction: what share of those who answered each question is satisfied, and how sure that is."""

from __future__ import annotations

from agents.report.bars import ShareBar, lying
from agents.report.blocks import Paragraph, Picture, Section
from agents.report.material import SURVEY, Material
from streams.indicators.indicator import Indicator


def section(material: Material) -> Section | None:
    """Return the section; None where nobody was asked."""
    asked = material.of_kinds(SURVEY)
    if not asked:
        return None
    telling = material.telling
    text = telling.text
    shares = [each.corrected.value or 0.0 for each in asked]
    answers = [each.corrected.whole or 0 for each in asked]
    says = telling.semicolon.join(_says(each, material) for each in asked)
    title = text("Satisfied users by question")
    low, high = (telling.percent(each, 0) for each in (min(shares), max(shares)))
    told = text("Of those who answered, {low} to {high} are satisfied, by the question.", low=low, high=high)
    least, most = (telling.number(each) for each in (min(answers), max(answers)))
    count = (
        text("{answers} answers", answers=most)
        if least == most
        else text("{least} to {most} answers", least=least, most=most)
    )
    drawn = lying([_bar(each, material) for each in asked], f"{title}{telling.colon}{says}")
    return Section(
        "satisfaction",
        text("Satisfaction"),
        (Paragraph(told), Paragraph(f"{count}."), Picture(title, drawn, f"{says}.")),
    )


def _bar(each: Indicator, material: Material) -> ShareBar:
    figure = each.corrected
    written = material.telling.percent(figure.value, 1)
    return ShareBar(each.label, figure.value or 0.0, figure.low, figure.high, written)


def _says(each: Indicator, material: Material) -> str:
    telling, figure = material.telling, each.corrected
    return telling.text(
        "{question}: {share} of {answers} answers (95%: {low} to {high})",
        question=each.label,
        share=telling.percent(figure.value, 1),
        answers=telling.number(figure.whole),
        low=telling.percent(figure.low, 1),
        high=telling.percent(figure.high, 1),
    )
