"""A line's day so far, by quarter of an hour: raw counts beside the believed ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from streams.calls.counts import Counts
from streams.figures.counted import Counted, sum_of_calls
from streams.indicators.answer_rate import answer_rate
from streams.indicators.judged import JudgedSlots
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.ledger.day import LineDay
from streams.ledger.diversions import Diversions
from streams.watch.correction import Corrected
from streams.watch.incident import Incident


class Quarter(NamedTuple):
    """The calls that entered in a quarter of an hour."""

    slot_no: int
    calls: Counted[Counts]
    open: int  # without an outcome yet


def quarters(
    day: LineDay | None,
    incidents: Iterable[Incident],
    opened: Opened,
    today: date,
    agentless: Collection[str] = (),
) -> list[Quarter]:
    """Return the quarters of opening hours on a day, judged like a year's figures.

    The quarters of a miscount are recounted if a law names the wrong calls; otherwise they have no believed counts.
    Quarters that are not judged yet have none either, because their raw counts would be mistaken for believed ones.
    """
    judged = JudgedSlots([] if day is None else [day], incidents, opened, Period(today, today))
    named = {kind for kind, found in judged.miscounted().items() if found.named is not None}
    figure = Corrected(recounted=frozenset(named))
    return [
        Quarter(each.slot_no, each.counted(figure, agentless), each.slot.open)
        for each in judged.slots
        if each.hour is not None
    ]


def together(quarters: Iterable[Quarter]) -> Counted[Counts]:
    return sum_of_calls([each.calls for each in quarters])


class AnswerRates(NamedTuple):
    """The believed and the raw answer rate of some quarters, each None if there is none."""

    believed: float | None
    raw: float | None


def answer_rates(quarters: Sequence[Quarter]) -> AnswerRates:
    """Return the answer rates of finished calls."""
    whole, known = together(quarters), [each for each in quarters if not each.calls.left_out]
    return AnswerRates(
        _of_ended(whole.believed, known, whole.believed_diverted), _of_ended(whole.raw, quarters, whole.raw_diverted)
    )


def _of_ended(counts: Counts, quarters: Iterable[Quarter], diverted: Diversions) -> float | None:
    open_calls = sum(each.open for each in quarters)
    return answer_rate(counts - Counts(open_calls, unresolved=open_calls), diverted)
