"""What a line and its witness come to together over a period, from the days that both told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from streams.calls.counts import Counts
from streams.ledger.day import WitnessDay


class WitnessTotals(Struct, frozen=True, kw_only=True):
    """Hold what a witness counted of a line, at any hour, and how its calls stand to those of the line."""

    source: str  # of each witness that there was
    told: Counts  # as the witness alone has them
    matched: int
    only_here: int
    only_there: int
    contradicted: int
    ambiguous: int  # calls of either record that could be one of several of the other
    uncovered: int  # calls of the line while the witness was silent
    coverage: float  # share of the slots of opening hours that both records tell of


def slots_of(days: Sequence[WitnessDay]) -> Mapping[int, Counts]:
    """Return what both records come to in each slot that the witness covers."""
    found = {}
    for day in days:
        for first, end in day.covered:
            for slot_no in range(first, end):
                slot = day.slots.get(slot_no)
                found[slot_no] = Counts() if slot is None else Counts.of(slot)
    return found


def witness_totals(days: Sequence[WitnessDay], coverage: float) -> WitnessTotals | None:
    """Return what the witness told on some days; None where there are none."""
    if not days:
        return None
    return WitnessTotals(
        source=", ".join(dict.fromkeys(day.source for day in days if day.source)),
        told=sum((day.told for day in days), Counts()),
        matched=sum(day.matched for day in days),
        only_here=sum(day.only_here for day in days),
        only_there=sum(day.only_there for day in days),
        contradicted=sum(day.contradicted for day in days),
        ambiguous=sum(day.ambiguous for day in days),
        uncovered=sum(day.uncovered for day in days),
        coverage=coverage,
    )
