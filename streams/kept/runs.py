"""Sets of integers stored compactly as runs, such as the offsets of records or the rows of a file."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeAlias

Run: TypeAlias = tuple[int, int]  # the first and the last number of the run


class Runs:
    """Integers as ascending runs that do not touch.

    >>> runs = Runs([(3, 5), (9, 9)])
    >>> runs.add((6, 6))
    >>> runs.remove((4, 4))
    >>> list(runs), runs.count(), 5 in runs, 4 in runs
    ([(3, 3), (5, 6), (9, 9)], 4, True, False)
    """

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for run in runs:
            self.add(run)

    def __iter__(self) -> Iterator[Run]:
        return zip(self._firsts, self._lasts, strict=True)

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self._firsts)

    def __contains__(self, number: int) -> bool:
        """Return whether an integer is in the set."""
        index = bisect_left(self._lasts, number)
        return index < len(self) and self._firsts[index] <= number

    def count(self) -> int:
        """Return the number of integers."""
        return sum(self._lasts) - sum(self._firsts) + len(self)

    def add(self, run: Run) -> None:
        """Add every integer of a run. A run that ends before it begins is empty."""
        first, last = run
        if first > last:
            return
        begin, end = bisect_left(self._lasts, first - 1), bisect_right(self._firsts, last + 1)
        if begin < end:  # adjacent and overlapping runs are merged
            first, last = min(first, self._firsts[begin]), max(last, self._lasts[end - 1])
        self._firsts[begin:end], self._lasts[begin:end] = [first], [last]

    def extend(self, numbers: Iterable[int]) -> None:
        """Add integers; quick if they ascend beyond the last run."""
        firsts, lasts = self._firsts, self._lasts
        for number in numbers:
            if lasts and number <= lasts[-1]:
                self.add((number, number))
            elif lasts and lasts[-1] == number - 1:
                lasts[-1] = number
            else:
                firsts.append(number)
                lasts.append(number)

    def remove(self, run: Run) -> None:
        """Remove every integer of a run."""
        first, last = run
        begin, end = bisect_left(self._lasts, first), bisect_right(self._firsts, last)
        if begin >= end:
            return
        around = [(self._firsts[begin], first - 1), (last + 1, self._lasts[end - 1])]
        left = [piece for piece in around if piece[0] <= piece[1]]
        self._firsts[begin:end] = [piece[0] for piece in left]
        self._lasts[begin:end] = [piece[1] for piece in left]
