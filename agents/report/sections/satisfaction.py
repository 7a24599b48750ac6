"""The satisfied share of the answers to each question, with its interval; also by group, and the suggestions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from agents.pages.survey import BY, FEW, OTHER_GROUP, OTHER_THEME, TOO_FEW
from agents.report.bars import ShareBar, lying
from agents.report.blocks import Block, Figure, Paragraph, Picture, Section, Table
from agents.report.material import Material
from agents.totals.telling import Telling
from agents.writing import NOTHING
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.indicators.survey import Share


def section(material: Material) -> Section | None:
    """Return the section; None without a survey."""
    asked = material.all_of("survey")
    if not asked:
        return None
    telling = material.telling
    text = telling.text
    low, high = _shares(asked, telling)
    told = text("Of those who answered, {low} to {high} are satisfied, by the question.", low=low, high=high)
    if low == high:
        told = text("Of those who answered, {share} are satisfied, whatever the question.", share=low)
    least, most = _ends([each.corrected.whole for each in asked], telling.number)
    count = text("{least} to {most} answers", least=least, most=most)
    if least == most:
        count = text("{answers} answers", answers=most)
    when = "" if material.annual.asked is None else f", {given(material.annual.asked, telling)}"
    says = telling.semicolon.join(_says(each, material) for each in asked)
    title = text("Satisfied users by question")
    drawn = lying([_bar(each, material) for each in asked], f"{title}{telling.colon}{says}")
    blocks = (Paragraph(told), Paragraph(f"{count}{when}."), Picture(title, drawn, f"{says}."))
    more = (*_groups(material), *_suggestions(material))
    return Section("satisfaction", text("Satisfaction"), (*blocks, *more))


def figures(material: Material) -> list[Figure]:
    """Return all questions as one figure, for the essential section."""
    asked, telling = material.all_of("survey"), material.telling
    if not asked:
        return []
    low, high = _shares(asked, telling)
    between = low if low == high else telling.text("{low} to {high}", low=low, high=high)
    return [Figure(telling.title(asked[0]), between, notes=(telling.text("by the question"),))]


def _groups(material: Material) -> Iterator[Block]:
    """Yield the table of the groups of all questions, and its rule; nothing if the survey has no groups."""
    telling = material.telling
    text = telling.text
    head = (text("Question"), text("By"), text("Group"), text("Answers"), text("Satisfied"), text("95% interval"))
    rows = tuple(
        (each.question, text(BY[group.by]), group.name or text(OTHER_GROUP), *_figures(group.share, telling))
        for each in material.annual.breakdowns or []
        for group in each.groups
    )
    if rows:
        yield Table(text("Satisfied users by group"), head, rows, (False, False, False, True, True, True))
        yield Paragraph(text(FEW), "note")


def _figures(share: Share | None, telling: Telling) -> tuple[str, str, str]:
    if share is None:
        return telling.text(TOO_FEW), NOTHING, NOTHING
    between = telling.text("{low} to {high}", low=telling.percent(share.low, 0), high=telling.percent(share.high, 0))
    return telling.number(share.answers), telling.percent(share.share, 0), between


def _suggestions(material: Material) -> Iterator[Block]:
    """Yield the suggestions of all questions by theme; nothing without suggestions."""
    telling = material.telling
    text = telling.text
    rows = tuple(
        (each.question, theme.name or text(OTHER_THEME), telling.number(theme.count))
        for each in material.annual.breakdowns or []
        for theme in each.themes
    )
    if rows:
        head = (text("Question"), text("Theme"), text("Suggestions"))
        yield Table(text("Suggestions by theme"), head, rows, (False, False, True))


def _shares(asked: Sequence[Indicator], telling: Telling) -> tuple[str, str]:
    """Return the least and the greatest share, written."""
    return _ends([each.corrected.value for each in asked], lambda share: telling.percent(share, 0))


def _ends(values: Sequence[float | None], write: Callable[[float], str]) -> tuple[str, str]:
    known = [each for each in values if each is not None]
    return write(min(known, default=0.0)), write(max(known, default=0.0))


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


def given(asked: Period, telling: Telling) -> str:
    """Return the days of the answers, in words."""
    if asked.first == asked.last:
        return telling.text("given on {day}", day=telling.day(asked.first))
    return telling.text("given {days}", days=telling.when(asked))
