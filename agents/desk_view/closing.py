"""The demand around closing, in words and as bars: two quarters of an hour before it, and two after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from agents.desk_view.reading import DeskView
from agents.desk_view.waits import ShownBars
from agents.translation import Words
from agents.writing import Writing
from streams.indicators.channel import ChannelTotals
from streams.indicators.closing import HALF, ClosingTime
from streams.indicators.service import ServiceTotals


def closing_title(closing: ClosingTime, text: Words) -> str:
    return text("Around closing at {time}", time=Writing(text.language).clock(_closes(closing)))


def closing_sentence(closing: ClosingTime, text: Words, *, tickets: bool) -> str:
    """Return how many came in the half-hour after closing and in the half-hour before, on how many days."""
    number = Writing(text.language).number
    facts = {"after": number(closing.after), "before": number(closing.before), "days": number(closing.days)}
    if tickets:
        return text.counted(
            "{after} ticket in the half-hour after closing, {before} in the half-hour before. Days: {days}.",
            "{after} tickets in the half-hour after closing, {before} in the half-hour before. Days: {days}.",
            closing.after,
            **facts,
        )
    return text.counted(
        "{after} call in the half-hour after closing, {before} in the half-hour before. Days: {days}.",
        "{after} calls in the half-hour after closing, {before} in the half-hour before. Days: {days}.",
        closing.after,
        **facts,
    )


def quarters(closing: ClosingTime, text: Words) -> Iterator[tuple[str, int]]:
    """Yield the beginning of each quarter of an hour, and how many came in it."""
    for place, count in enumerate(closing.quarters):
        yield Writing(text.language).clock(_closes(closing) + timedelta(minutes=15 * (place - HALF))), count


def shown_closings(view: DeskView, text: Words) -> list[ShownBars]:
    """Return the demand around each closing time of a line or a service."""
    totals, number = view.found.totals, Writing(text.language).number
    found = []
    for each in () if isinstance(totals, ChannelTotals) else totals.closings:
        most = max(1, *each.quarters)
        classes = [
            (
                text("from {time}, closed", time=time) if place >= HALF else text("from {time}", time=time),
                number(count),
                count / most,
            )
            for place, (time, count) in enumerate(quarters(each, text))
        ]
        says = closing_sentence(each, text, tickets=isinstance(totals, ServiceTotals))
        found.append(ShownBars(closing_title(each, text), says, text("Quarter of an hour"), classes))
    return found


def _closes(closing: ClosingTime) -> datetime:
    return datetime.strptime(closing.at, "%H:%M")  # noqa: DTZ007 -- a time of day
