"""Why a line's calls were lost or diverted over a period, by reason, formatted with bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from agents.desk_view.reading import DeskView
from agents.pages.words import REASONS
from agents.translation import Words
from agents.writing import Writing
from streams.indicators.line import LineTotals
from streams.ledger.reasons import NOT_KEPT


class ReasonRow(NamedTuple):
    """A reason's calls in opening hours and at any hour; `share` compares them with the most frequent reason."""

    name: str
    said: str
    share: float
    any_hour: str


class ShownReasons(NamedTuple):
    """The reasons of one outcome, with a note."""

    title: str
    says: str
    rows: list[ReasonRow]


def shown_reasons(view: DeskView, text: Words) -> list[ShownReasons]:
    """Return the reasons of lost and of diverted calls, as counted; empty for a desk that is not a line."""
    line, number = view.found.totals, Writing(text.language).number
    if not isinstance(line, LineTotals) or view.figures.whole is None:
        return []
    opened, ever = view.figures.whole.reasons, view.found.reasons
    shown = []
    if line.all_raw.lost:
        says = text("As counted: {count} in opening hours.", count=number(line.raw.lost))
        shown.append(ShownReasons(text("Why calls were lost"), says, _rows(opened.lost, ever.lost, line, text)))
    if line.all_raw.diverted:
        says = text(
            "They count as neither answered nor lost: {count} in opening hours, as counted.",
            count=number(line.raw.diverted),
        )
        title = text("Why calls left the line")
        shown.append(ShownReasons(title, says, _rows(opened.diverted, ever.diverted, line, text)))
    return shown


def _rows(opened: Mapping[str, int], ever: Mapping[str, int], line: LineTotals, text: Words) -> list[ReasonRow]:
    """Return a row per reason, the most frequent first, unknown ones last."""
    writing, most, whole = Writing(text.language), max(1, *opened.values(), 0), sum(opened.values())
    rows = []
    for reason in sorted(ever, key=lambda each: (each == NOT_KEPT, -opened.get(each, 0), -ever[each], each)):
        count = opened.get(reason, 0)
        share = f" · {writing.percent(count / whole, 0)}" if whole else ""
        rows.append(
            ReasonRow(
                _name(reason, line, text), f"{writing.number(count)}{share}", count / most, writing.number(ever[reason])
            )
        )
    return rows


def _name(reason: str, line: LineTotals, text: Words) -> str:
    if reason != NOT_KEPT:
        return text(REASONS[reason])
    if line.plan.totals:
        return text("not known: readings give no reasons")
    return text("not known: counted before reasons were kept")
