"""The believed sum of several lines, and the lines that are withheld."""

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
from streams.indicators.answer_rate import answer_rate
from streams.indicators.line import LineTotals


class WithheldLine(NamedTuple):
    """A line whose figure is withheld, and why."""

    label: str
    why: str


class LinesSum(NamedTuple):
    """The sum of lines, without withheld ones."""

    calls: Counts | None  # as believed; None if no line has a figure
    answer_rate: float | None  # of these calls; None if unknown for any line
    corrected: bool  # differs from the count
    doubted: bool  # as counted, despite known doubts
    withheld: list[WithheldLine]


def lines_sum(lines: Iterable[DeskView], zone: ZoneInfo, language: Language) -> LinesSum:
    """Return the sum of lines; no line may be part of another."""
    counted = [
        totals
        for each in lines
        if isinstance(totals := each.found.totals, LineTotals) and each.figures.whole is not None and totals.raw.offered
    ]
    known = [line for line in counted if line.corrected is not None]
    whole = sum_of_calls([line.of_opening_hours for line in counted])
    return LinesSum(
        whole.believed if known else None,
        answer_rate(whole.believed, whole.believed_diverted),
        any(line.corrected != line.raw for line in known),
        any(line.incidents and line.corrected == line.raw for line in known),
        [_withheld(each, zone, language) for each in counted if each.corrected is None],
    )


def _withheld(line: LineTotals, zone: ZoneInfo, language: Language) -> WithheldLine:
    """Return a withheld line; if a miscount overlaps, it is given as the reason, because readers understand it."""
    text = Words(language)
    if line.in_quarantine:
        return WithheldLine(line.plan.label, text("counting suspect"))
    if line.guard is None:
        return WithheldLine(line.plan.label, text("too few reliable hours"))
    return WithheldLine(line.plan.label, why(line.guard, line.coverage, zone, language))
