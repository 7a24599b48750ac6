"""Rows that repeat another row, under another name.

A register that is imported twice has each row twice, and may stamp the second a second or two later: its other moments
are the same, or later by as much. Two visitors hardly come, are called and leave a second apart. A series of such rows
is no copy: a machine may open a case every second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Set
from math import log
from typing import Final, TypeAlias

from streams.cases.case import SeenCase
from streams.cases.limited import limit_of, seconds
from streams.cases.view import Sign, View
from streams.checks.segment import segment

Row: TypeAlias = tuple[int, ...]
LATER: Final = (1_000, 2_000)  # ms
MIXED: Final = 6.0  # nats against doubled rows, of a day with a row that has none


def copies(view: View) -> Callable[[SeenCase], bool | None]:
    """Return the law of copies: no two rows are alike, or nearly.

    With dates alone many are alike, and `doubled` looks at whole days. Visitors who came in the same minute and were
    called, or closed, in bulk are alike as well, and those whose waits end at a limit.
    """
    limit, dated = limit_of(view), view.coarse and not view.service
    seen = set[Row]()

    def broken(case: SeenCase) -> bool | None:
        if dated or case.begun < 0 or case.met < 0:
            return None
        if case.met in view.met_in_bulk or case.ended in view.ended_in_bulk or seconds(case) == limit:
            return None
        row = case.row
        if row in seen or again(case, view.rows):
            return True
        seen.add(row)
        return False

    return broken


def doubled(view: View) -> Sign | None:
    """Return the days of a register with dates alone on which each row has its double.

    Rows of a day that were answered on the same day are alike by nature. But if all rows came twice, the number of
    each sort is even, which chance makes so for half of the sorts.
    """
    if view.service or not view.coarse:
        return None
    days: dict[int, list[SeenCase]] = {}
    for case in view.cases:
        if case.begun >= 0:
            days.setdefault(case.begun, []).append(case)
    every = sorted(days.items())
    sorts = [Counter(case.met for case in cases) for _, cases in every]
    weights = [len(sort) * log(2) if not any(many % 2 for many in sort.values()) else -MIXED for sort in sorts]
    found = segment(weights)
    if found is None or found.score < view.alarm("rows once"):
        return None
    own = [case for _, cases in every[found.start : found.end] for case in cases]
    return Sign("rows once", "duplicate", own, len(own) // 2, len(own), found.score)


def again(case: SeenCase, rows: Set[Row]) -> bool:
    """Return whether a case repeats one of `rows`, a second or two later.

    >>> row = SeenCase(-1, 0, begun=60_000, met=300_000)
    >>> again(SeenCase(-1, 0, begun=61_000, met=301_000), {row.row})
    True
    """
    row = case.row
    near = [by for by in LATER if _earlier(row, by, rows)]
    return len(near) == 1 and not _earlier(row, 2 * near[0], rows)


def _earlier(row: Row, by: int, rows: Set[Row]) -> bool:
    """Return whether `rows` have a row that was received `by` ms earlier."""
    begun, *others = row
    return (begun - by, *others) in rows or (begun - by, *(each - by if each >= 0 else each for each in others)) in rows
