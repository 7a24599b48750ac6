"""The calls of one line day by day: the past that a forecast learns from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

WEEK: Final = 7
SILENT_RUN: Final = 5  # days without a call in a row, of weekdays that have calls
SILENT_CALLS: Final = 15  # usual on such days; the chance of none is one in three million
SILENT_FOR_GOOD: Final = 28  # days without a call at the end: the line is believed to be out of use
LEAST_DAYS: Final = 14  # known days; with fewer nothing is forecast
SEEN: Final = 3  # days: a weekday is closed if none of three has a call


class Past:
    """The counts of consecutive days by slot: 48 half-hours, or 1 for day totals; nan for the unknown."""

    def __init__(self, first: date, counts: Floats) -> None:
        self.first = first
        self.counts = _believed(first, counts)
        self._counted = counts

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def slots(self) -> int:
        return int(self.counts.shape[1])

    def day(self, place: int) -> date:
        """Return the date of a day by its place, which may be after the last."""
        return self.first + timedelta(place)

    def until(self, places: int) -> Past:
        """Return the first days alone, their silence judged without the later days."""
        return Past(self.first, self._counted[:places])

    @cached_property
    def totals(self) -> Floats:
        """The calls of each day; nan for an unknown one."""
        totals: Floats = self.counts.sum(axis=1)
        return totals

    @property
    def suffices(self) -> bool:
        """Whether enough days are known to forecast from, and a call."""
        known = ~np.isnan(self.totals)
        return bool(known.sum() >= LEAST_DAYS and self.totals[known].any())

    @cached_property
    def weekdays(self) -> NDArray[np.int64]:
        """The weekday of each day, Monday 0."""
        return weekdays(self.first, len(self))

    @cached_property
    def closed(self) -> frozenset[int]:
        """The weekdays without a call, on three days at least."""
        found = set()
        for weekday in range(WEEK):
            totals = self.totals[self.weekdays == weekday]
            totals = totals[~np.isnan(totals)]
            if len(totals) >= SEEN and not totals.any():
                found.add(weekday)
        return frozenset(found)


def pooled(pasts: Sequence[Past]) -> Past:
    """Return the past of several lines together, for the days that all of them have.

    A slot that one of them does not know is unknown.
    """
    first = max(past.first for past in pasts)
    parts = [past.counts[(first - past.first).days :] for past in pasts]
    return Past(first, np.sum([part[: min(map(len, parts))] for part in parts], axis=0))


def weekdays(first: date, count: int) -> NDArray[np.int64]:
    """Return the weekdays of consecutive days, Monday 0.

    >>> weekdays(date(2014, 11, 4), 3).tolist()
    [1, 2, 3]
    """
    return (first.weekday() + np.arange(count)) % WEEK


def _believed(first: date, counts: Floats) -> Floats:
    """Return the counts with the silence of a busy line as unknown: for days nothing was counted, or all was closed."""
    totals = counts.sum(axis=1)
    week = weekdays(first, len(totals))
    usual = np.zeros(len(totals))
    for weekday in range(WEEK):
        known = totals[(week == weekday) & ~np.isnan(totals)]
        usual[week == weekday] = known.mean() if len(known) else 0.0
    silent = np.flatnonzero((totals == 0) | (usual == 0) | np.isnan(totals))
    believed = counts.copy()
    for run in np.split(silent, np.flatnonzero(np.diff(silent) > 1) + 1):
        days = run[(totals[run] == 0) & (usual[run] > 0)]
        for_good = len(days) >= SILENT_FOR_GOOD and run[-1] == len(totals) - 1
        if len(days) >= SILENT_RUN and usual[days].sum() >= SILENT_CALLS and not for_good:
            believed[days] = np.nan
    return believed
