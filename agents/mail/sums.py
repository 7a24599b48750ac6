"""What is believed of several lines together, and of which of them nobody can say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agents.desk_view.reading import DeskView
from agents.language import Language
from agents.pages.withheld import why
from agents.translation import Words
from streams.calls.counts import Counts
from streams.figures.counted import sum_of_calls
from streams.indicators.line import LineTotals
from streams.ledger.diversions import answer_rate


class WithheldLine(NamedTuple):
    """Hold a line whose figure is withheld, and why."""

    label: str
    why: str


class LinesSum(NamedTuple):
    """Hold lines in one sum, without those that are withheld."""

    calls: Counts | None  # what is believed; None where no line has such a figure
    answer_rate: float | None  # of these calls; None where it is not known of each
    corrected: bool  # it is not what was counted
    doubted: bool  # it is, and something is known against it
    withheld: list[WithheldLine]


def lines_sum(lines: Iterable[DeskView], zone: ZoneInfo, language: Language) -> LinesSum:
    """Return the sum of lines, none of which is a part of another."""
    told = [
        totals
        for each in lines
        if isinstance(totals := each.found.totals, LineTotals) and each.told.whole is not None and totals.raw.offered
    ]
    known = [line for line in told if line.corrected is not None]
    whole = sum_of_calls([line.of_opening_hours for line in told])
    return LinesSum(
        whole.believed if known else None,
        answer_rate(whole.believed, whole.believed_diverted),
        any(line.corrected != line.raw for line in known),
        any(line.incidents and line.corrected == line.raw for line in known),
        [_withheld(each, zone, language) for each in told if each.corrected is None],
    )


def _withheld(line: LineTotals, zone: ZoneInfo, language: Language) -> WithheldLine:
    """Return a line that is withheld: where a miscount lies in it, that is the reason that a reader understands."""
    text = Words(language)
    if line.in_quarantine:
        return WithheldLine(line.plan.label, text("counting suspect"))
    if line.guard is None:
        return WithheldLine(line.plan.label, text("too little of it is sound"))
    return WithheldLine(line.plan.label, why(line.guard, line.coverage, zone, language))
