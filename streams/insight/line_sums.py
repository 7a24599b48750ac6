"""The check that a line's totals are the sums of other lines' totals. If they are not, one of the figures is wrong.

It is the sum check of electricity meters: a feeder must equal the sum of its meters. It cannot say which line is wrong,
so it opens no incident and changes no figure. A day is compared if the whole line and all its parts were counted on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Final

from msgspec import Struct

from streams.calls.counts import Counts
from streams.ledger.day import LineDay

TOTALS: Final = ("offered", "answered", "lost")


class BrokenSum(Struct, frozen=True):
    """A total of a line that is not the sum of its parts; days are ISO 8601."""

    line: str
    parts: list[str]
    total: str  # offered, answered or lost
    whole: int  # over the differing days
    sum: int
    days: int  # differing days
    compared: int  # compared days
    first: str  # first differing day
    last: str


def broken_sums(parts: Mapping[str, Sequence[str]], days: Iterable[LineDay]) -> list[BrokenSum]:
    """Return the totals that are not the sums of their parts; `parts` names them by the whole line's short id.

    >>> from streams.ledger.day import CallSlot
    >>> slots = {"all": CallSlot(offered=9, answered=9), "a": CallSlot(offered=5, answered=5), "b": CallSlot(offered=3)}
    >>> days = [LineDay(id=f"hall/{name}", day="2026-03-04", slots={0: slot}) for name, slot in slots.items()]
    >>> [(each.total, each.whole, each.sum) for each in broken_sums({"all": ["a", "b"]}, days)]
    [('offered', 9, 8), ('answered', 9, 5)]
    """
    counted: dict[str, dict[str, Counts]] = {}
    for day in days:
        of_line = counted.setdefault(day.id.partition("/")[2], {})
        if day.slots:
            sums = sum((Counts.of(slot) for slot in day.slots.values()), Counts())
            of_line[day.day] = of_line.get(day.day, Counts()) + sums
    return [
        found
        for line, names in parts.items()
        if all(name in counted for name in (line, *names))
        for found in _broken(line, names, counted)
    ]


def _broken(line: str, names: Sequence[str], counted: Mapping[str, Mapping[str, Counts]]) -> Iterable[BrokenSum]:
    common = sorted(reduce(and_, (counted[name].keys() for name in (line, *names))))
    for total in TOTALS:
        pairs = {
            day: (getattr(counted[line][day], total), sum(getattr(counted[name][day], total) for name in names))
            for day in common
        }
        differ = {day: pair for day, pair in pairs.items() if pair[0] != pair[1]}
        if differ:
            whole, together = (sum(each) for each in zip(*differ.values(), strict=True))
            days = list(differ)
            yield BrokenSum(line, list(names), total, whole, together, len(days), len(common), days[0], days[-1])
