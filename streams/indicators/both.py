"""The combined counts of a line and its witness over a period, on the days that both cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from streams.calls.counts import Counts
from streams.ledger.day import WitnessDay


class WitnessTotals(Struct, frozen=True, kw_only=True):
    """A witness's counts of a line, at any hour, and how its calls compare to the line's."""

    source: str  # names of all its witnesses
    told: Counts  # by the witness alone
    matched: int
    only_here: int
    only_there: int
    contradicted: int
    ambiguous: int  # calls of either record with several candidates in the other
    uncovered: int  # calls of the line during the witness's silence
    coverage: float  # share of the slots of opening hours that both records cover


def slots_of(days: Sequence[WitnessDay]) -> Mapping[int, Counts]:
    """Return the combined counts in each slot that the witness covers."""
    found = {}
    for day in days:
        for first, end in day.covered:
            for slot_no in range(first, end):
                slot = day.slots.get(slot_no)
                found[slot_no] = Counts() if slot is None else Counts.of(slot)
    return found


def witness_totals(days: Sequence[WitnessDay], coverage: float) -> WitnessTotals | None:
    """Return the sums of a witness's days, or None if there are none."""
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
