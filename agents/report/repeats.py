"""The answered callers of a line who soon called it again, as a sentence and a table of months."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from agents.desk_view.repeats import repeats_bounds, repeats_sentence
from agents.report.blocks import Block, Paragraph, Table
from agents.totals.telling import Telling
from agents.writing import NOTHING
from streams.indicators.repeats import Repeats, together


def repeats(months: Sequence[Repeats], telling: Telling) -> Iterator[Block]:
    """Yield a sentence about all months, and a table of several; nothing without months."""
    if not months:
        return
    text, whole = telling.text, together("", months)
    yield Paragraph(repeats_sentence(whole, text), "note" if whole.withheld else "plain")
    if len(months) > 1 and not whole.withheld:
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
    return name, *counts, telling.percent(month.share, 1), repeats_bounds(month, telling.text)
