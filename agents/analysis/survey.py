"""The analysis of a survey: as JSON and as a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from rich.console import Console

from agents.analysis.written import percent
from agents.sources.entry import Refused
from agents.sources.refusals import Refusals
from agents.table import PrintedTable
from agents.translation import text
from streams.indicators.period import Period
from streams.indicators.survey import Answer, Share, shares


class SurveyResult(NamedTuple):
    """The share that each question yields, and the rows that are not answers."""

    shares: list[Share]
    refusals: Refusals
    asked: Period | None = None  # from the first to the last day of an answer; None if no row has a day


def survey(entries: Iterable[Answer | Refused]) -> SurveyResult:
    """Sum the rows of a survey."""
    refusals, days = Refusals(), set[date]()

    def answers() -> Iterable[Answer]:
        for each in entries:
            if isinstance(each, Refused):
                refusals.add(each)
                continue
            if each.day is not None:
                days.add(each.day)
            yield each

    found = shares(answers())
    return SurveyResult(found, refusals, Period(min(days), max(days)) if days else None)


def document(found: SurveyResult, site: str) -> dict[str, Any]:
    """Return the survey in the shape of its JSON; shares are from 0 to 1, null without answers."""
    ok, blank = (sum(getattr(share, name) for share in found.shares) for name in ("answers", "blank"))
    return {
        "site": site,
        "questions": [share._asdict() for share in found.shares],
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
    """Print the survey as a table."""
    table = PrintedTable()
    table.words(text("question"))
    table.figures(text("satisfied"), text("answers"), text("share"), text("from"), text("to"), text("blank"))
    for share in found.shares:
        rates = map(percent, (share.share, share.low, share.high))
        table.row(share.question, str(share.satisfied), str(share.answers), *rates, str(share.blank))
    if found.shares:
        console.print(table)
        console.print(text("from, to: Wilson's 95% interval; blank answers are not counted in the other columns"))
    else:
        console.print(text("nobody answered"))
    for sentence in found.refusals.sentences():
        console.print(sentence, style="yellow")
