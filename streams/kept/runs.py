"""Whole numbers kept as runs: the offsets of many records, or the rows of a file, in little space."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeAlias

Run: TypeAlias = tuple[int, int]  # its first and its last number


class Runs:
    """Hold whole numbers as ascending runs that do not touch.

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
        """Yield the runs."""
        return zip(self._firsts, self._lasts, strict=True)

    def __len__(self) -> int:
        """Return how many runs there are."""
        return len(self._firsts)

    def __contains__(self, number: int) -> bool:
        """Tell whether a number is in a run."""
        index = bisect_left(self._lasts, number)
        return index < len(self) and self._firsts[index] <= number

    def count(self) -> int:
        """Return how many numbers there are."""
        return sum(self._lasts) - sum(self._firsts) + len(self)

    def add(self, run: Run) -> None:
        """Add every number of a run; one that ends before it begins has none."""
        first, last = run
        if first > last:
            return
        begin, end = bisect_left(self._lasts, first - 1), bisect_right(self._firsts, last + 1)
        if begin < end:  # what it meets becomes one with it
            first, last = min(first, self._firsts[begin]), max(last, self._lasts[end - 1])
        self._firsts[begin:end], self._lasts[begin:end] = [first], [last]

    def extend(self, numbers: Iterable[int]) -> None:
        """Add numbers; it is quick where they ascend from above all that are held."""
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
        """Remove every number of a run."""
        first, last = run
        begin, end = bisect_left(self._lasts, first), bisect_right(self._firsts, last)
        if begin >= end:
            return
        around = [(self._firsts[begin], first - 1), (last + 1, self._lasts[end - 1])]
        left = [piece for piece in around if piece[0] <= piece[1]]
        self._firsts[begin:end] = [piece[0] for piece in left]
        self._lasts[begin:end] = [piece[1] for piece in left]
