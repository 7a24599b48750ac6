"""The breaches of the ledger's days."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from agents.kafka.input_ends import latest_day
from agents.kafka.reading import Record, place_of
from streams.chain.breach import Breach, BreachKind
from streams.chain.days import subject_of_day
from streams.ledger.day import LedgerDay
from streams.ledger.possible import FIRST
from streams.said import Said, said

_YEAR: Final = re.compile(r"/(\d{4})-\d{2}-\d{2}")  # in the key of a day


def breach_of_record(kind: BreachKind, key: bytes, says: Said, record: Record) -> Breach:
    return breach_of_day(kind, key, says, place_of(record), record.timestamp)


def breach_of_day(
    kind: BreachKind, key: bytes, says: Said, place: str | None = None, written: int | None = None
) -> Breach:
    name = key.decode(errors="replace")
    found = _YEAR.search(name)
    year = None if found is None else int(found[1])
    # No page shows the figures of an impossible year, so such a record concerns every year.
    of = year if year is not None and FIRST.year <= year <= latest_day().year else None
    return Breach(kind=kind, subject=subject_of_day(name), says=says, year=of, place=place, at=written)


def difference(one: LedgerDay, other: LedgerDay) -> Said:
    """Return how a record of a day differs from the one before."""
    sums = [Counter[str](), Counter[str]()]
    for day, total in zip((one, other), sums, strict=True):
        for slot in day.slots.values():
            total.update(
                {name: each for name in slot.__struct_fields__ if isinstance(each := getattr(slot, name), int)}
            )
    names = [name for name in sums[0] | sums[1] if sums[0][name] != sums[1][name]]
    moved = ", ".join(f"{name} {sums[0][name]} → {sums[1][name]}" for name in names) or said("by slots alone")
    return said("the day is closed, and another record says other than it: {moved}", moved=moved)
