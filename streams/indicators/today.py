"""A line's day so far, by the quarter of an hour: what was counted beside what is believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from streams.calls.counts import Counts
from streams.indicators.judged import JudgedSlots
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.ledger.day import LineDay
from streams.watch import recount
from streams.watch.incident import Incident


class Quarter(NamedTuple):
    """Hold the calls that entered in a quarter of an hour."""

    slot_no: int
    raw: Counts
    within: int  # answered in time
    believed: Counts | None  # without what a miscount added; None where nobody can say


def quarters(day: LineDay | None, incidents: Iterable[Incident], opened: Opened, today: date) -> list[Quarter]:
    """Return the quarters in which the office is open on a day, judged as the figures of a year are.

    Where a law names the calls of a miscount, these are recounted; else nothing of its quarters is believed.
    """
    judged = JudgedSlots([] if day is None else [day], incidents, opened, Period(today, today))
    named = {kind for kind, found in judged.miscounted().items() if found.named is not None}
    found = []
    for each in judged.slots:
        if each.hour is None:
            continue
        raw = Counts.of(each.slot)
        believed: Counts | None = raw
        if each.miscount is not None:
            wrong = recount.wrong(each.miscount, each.slot) if each.miscount in named else None
            believed = None if wrong is None else raw - wrong
        found.append(Quarter(each.slot_no, raw, each.slot.within, believed))
    return found


def believed(quarters: Sequence[Quarter]) -> Counts | None:
    """Return the sum of what is believed; None where that is nothing at all, though calls were counted."""
    known = [each.believed for each in quarters if each.believed is not None]
    if not any(each.offered for each in known) and any(each.raw.offered for each in quarters):
        return None
    return sum(known, Counts())
