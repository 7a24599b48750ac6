"""The analysis of a survey: as JSON and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from rich.console import Console

from agents.analysis.written import percent
from agents.pages.survey import BY, FEW, OTHER_GROUP, OTHER_THEME, TOO_FEW
from agents.shape import survey_shape
from agents.sources.entry import Refusals, Refused
from agents.table import PrintedTable
from agents.translation import text
from streams.indicators.breakdown import AnswerGroup, Breakdown, SurveyFigures, survey_figures
from streams.indicators.survey import Answer


class SurveyResult(NamedTuple):
    """The share that each question yields, and the rows that are not answers."""

    figures: SurveyFigures
    refusals: Refusals


def survey(entries: Iterable[Answer | Refused]) -> SurveyResult:
    refusals, answers = Refusals(), list[Answer]()
    for each in entries:
        if isinstance(each, Refused):
            refusals.add(each)
        else:
            answers.append(each)
    return SurveyResult(survey_figures(answers), refusals)


def document(found: SurveyResult, site: str) -> dict[str, Any]:
    """Return the survey in the shape of its JSON; shares are from 0 to 1, null without answers."""
    figures = found.figures
    ok, blank = (sum(getattr(share, name) for share in figures.shares) for name in ("answers", "blank"))
    return {
        "site": site,
        "questions": survey_shape(figures.shares, figures.breakdowns),
        "rows": {
            "read": ok + blank + len(found.refusals),
            "ok": ok,
            "blank": blank,
            "invalid": len(found.refusals),
        },
        "refused": [
            {
                "row": each.row,
                "reason": each.why.reason,
                "detail": each.why.detail,
                "lines": found.refusals.counts[reason],
            }
            for reason, first in found.refusals.first.items()
            for each in first
        ],
    }


def show(found: SurveyResult, console: Console) -> None:
    table = PrintedTable()
    table.words(text("question"))
    table.figures(text("satisfied"), text("answers"), text("share"), text("from"), text("to"), text("blank"))
    for share in found.figures.shares:
        rates = map(percent, (share.share, share.low, share.high))
        table.row(share.question, str(share.satisfied), str(share.answers), *rates, str(share.blank))
    if found.figures.shares:
        console.print(table)
        console.print(text("from, to: Wilson's 95% interval; blank answers are not counted in the other columns"))
        _show_groups(found.figures.breakdowns, console)
        _show_suggestions(found.figures.breakdowns, console)
    else:
        console.print(text("nobody answered"))
    for sentence in found.refusals.sentences():
        console.print(sentence, style="yellow")


def _show_groups(found: Sequence[Breakdown], console: Console) -> None:
    table = PrintedTable()
    table.words(text("question"), text("by"), text("group"))
    table.figures(text("satisfied"), text("answers"), text("share"), text("from"), text("to"))
    for each in found:
        for group in each.groups:
            table.row(each.question, text(BY[group.by]), group.name or text(OTHER_GROUP), *_figures(group))
    if table.rows:
        console.print(table)
        console.print(text(FEW))


def _figures(group: AnswerGroup) -> tuple[str, ...]:
    share = group.share
    if share is None:
        return "", text(TOO_FEW), "", "", ""
    return str(share.satisfied), str(share.answers), *map(percent, (share.share, share.low, share.high))


def _show_suggestions(found: Sequence[Breakdown], console: Console) -> None:
    table = PrintedTable()
    table.words(text("question"), text("theme"))
    table.figures(text("suggestions"))
    for each in found:
        for theme in each.themes:
            table.row(each.question, theme.name or text(OTHER_THEME), str(theme.count))
    if table.rows:
        console.print(table)
