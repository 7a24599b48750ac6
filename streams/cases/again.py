"""Rows that are imported again, a second or two later, under other names.

A copy is received a second or two after its row; its other moments are the same, or later by as much. Two visitors
hardly come, are called and leave a second apart. A series of such rows is no copy: a machine may open a case every
second.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final, TypeAlias

from streams.cases.case import SeenCase

Row: TypeAlias = tuple[int, ...]
LATER: Final = (1_000, 2_000)  # ms


def again(case: SeenCase, rows: Set[Row]) -> bool:
    """Return whether a case repeats one of `rows`, a second or two later.

    >>> row = SeenCase(-1, 0, begun=60_000, met=300_000)
    >>> again(SeenCase(-1, 0, begun=61_000, met=301_000), {row.row})
    True
    """
    near = [by for by in LATER if _earlier(case.row, by, rows)]
    return len(near) == 1 and not _earlier(case.row, 2 * near[0], rows)


def _earlier(row: Row, by: int, rows: Set[Row]) -> bool:
    """Return whether `rows` have a row that was received `by` ms earlier."""
    begun, *others = row
    return (begun - by, *others) in rows or (begun - by, *(each - by if each >= 0 else each for each in others)) in rows
