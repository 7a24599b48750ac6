"""A line's day so far, by the quarter of an hour: what was counted beside what is believed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from streams.calls.counts import Counts
from streams.indicators.answer_rate import answer_rate
from streams.indicators.judged import JudgedSlots
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.ledger.day import LineDay
from streams.ledger.diversions import NONE_DIVERTED, Diversions, diversions_of, kept
from streams.watch import recount
from streams.watch.incident import Incident


class Quarter(NamedTuple):
    """Hold the calls that entered in a quarter of an hour."""

    slot_no: int
    raw: Counts
    within: int  # answered in time
    believed: Counts | None  # without what a miscount added; None where nobody can say
    diverted: Diversions = NONE_DIVERTED  # of raw
    open: int = 0  # of raw, without an outcome yet


def quarters(
    day: LineDay | None,
    incidents: Iterable[Incident],
    opened: Opened,
    today: date,
    agentless: Collection[str] = (),
) -> list[Quarter]:
    """Return the quarters in which the office is open on a day, judged as the figures of a year are.

    Where a law names the calls of a miscount, these are recounted; else nothing of its quarters is believed. Nor is
    what was not judged yet: what was counted would pass for what is believed.
    """
    judged = JudgedSlots([] if day is None else [day], incidents, opened, Period(today, today))
    named = {kind for kind, found in judged.miscounted().items() if found.named is not None}
    found = list[Quarter]()
    for each in judged.slots:
        if each.hour is None:
            continue
        raw = Counts.of(each.slot)
        believed: Counts | None = raw
        if each.miscount is not None:
            recounted = each.miscount in named and not each.unjudged
            wrong = recount.wrong(each.miscount, each.slot) if recounted else None
            believed = None if wrong is None else raw - wrong
        slot = each.slot
        diverted = diversions_of(slot, agentless)
        found.append(Quarter(each.slot_no, raw, slot.within, believed, diverted, slot.open))
    return found


class AnswerRates(NamedTuple):
    """Hold the answer rate of some quarters as it is believed, and as it was counted; None where there is none."""

    believed: float | None
    raw: float | None


def answer_rates(quarters: Sequence[Quarter]) -> AnswerRates:
    """Return the answer rates of the calls that are over."""
    return AnswerRates(
        _answered((each.believed, each) for each in quarters if each.believed is not None),
        _answered((each.raw, each) for each in quarters),
    )


def _answered(parts: Iterable[tuple[Counts, Quarter]]) -> float | None:
    counts, diverted = Counts(), NONE_DIVERTED
    for own, each in parts:
        counts += own - Counts(each.open, unresolved=each.open)
        diverted += kept(each.raw, each.diverted, own)
    return answer_rate(counts, diverted)


def believed(quarters: Sequence[Quarter]) -> Counts | None:
    """Return the sum of what is believed; None where that is nothing at all, though calls were counted."""
    known = [each.believed for each in quarters if each.believed is not None]
    if not any(each.offered for each in known) and any(each.raw.offered for each in quarters):
        return None
    return sum(known, Counts())
