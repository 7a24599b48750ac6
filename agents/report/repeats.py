"""The answered callers of a line who soon called it again, as a sentence and a table of months."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from agents.report.blocks import Block, Paragraph, Table
from agents.totals.telling import Telling
from agents.writing import NOTHING
from streams.indicators.repeats import Repeats, together


def repeats(months: Sequence[Repeats], telling: Telling) -> Iterator[Block]:
    """Yield a sentence about all months, and a table of several; nothing without months."""
    if not months:
        return
    text, whole = telling.text, together("", months)
    if whole.bounds is None:
        facts = {"known": telling.number(whole.known), "answered": telling.number(whole.answered)}
        says = text(
            "Whether answered callers call again is not shown: the caller is known for {known} of {answered} answers.",
            **facts,
        )
        yield Paragraph(says, "note")
        return
    says = text(
        "Of {known} answers to known callers, {again} were followed by another call of the same caller to this line "
        "within half an hour: {share} (95%: {bounds}).",
        known=telling.number(whole.known),
        again=telling.number(whole.again),
        share=telling.percent(whole.share, 1),
        bounds=_bounds(whole, telling),
    )
    yield Paragraph(says)
    if len(months) > 1:
        head = (
            text("Month"),
            text("Known callers answered"),
            text("Called again"),
            text("Share"),
            text("95% interval"),
        )
        yield Table(
            text("Answered callers who call again within half an hour"),
            head,
            tuple(_row(each, telling) for each in months),
            (False, True, True, True, True),
        )


def _row(month: Repeats, telling: Telling) -> tuple[str, ...]:
    name = telling.whole_month(date.fromisoformat(f"{month.name}-01"))
    if month.withheld:
        return name, telling.text("too few known callers"), NOTHING, NOTHING, NOTHING
    counts = telling.number(month.known), telling.number(month.again)
    return name, *counts, telling.percent(month.share, 1), _bounds(month, telling)


def _bounds(of: Repeats, telling: Telling) -> str:
    low, high = of.bounds or (None, None)
    return telling.text("{low} to {high}", low=telling.percent(low, 1), high=telling.percent(high, 1))
