"""A mergeable summary of waits: the count, the sum and the longest wait are exact, quantiles are within 1 %.

Bins grow geometrically, so that no bin spans more than the stated error (DDSketch: Masson, Rim and Lee, 2019).
Everything is a whole number, so adding and removing waits in any order gives the same summary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, log

RELATIVE_ERROR = 0.01
_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_PER_BIN = 1 / log(_GAMMA)


@dataclass(slots=True)
class Waits:
    """Waits in milliseconds: the count of each bin, the total count, the sum and the longest.

    Bin 0 has the waits of 0 ms, bin n those above g**(n - 2) up to g**(n - 1) ms, where g = 1.01 / 0.99.

    >>> waits = Waits()
    >>> for seconds in range(1, 101):
    ...     waits.add(seconds * 1000)
    >>> waits.mean(), waits.longest
    (50500.0, 100000)
    >>> abs(waits.quantile(0.9) - 90_000) < 900
    True
    """

    bins: dict[int, int] = field(default_factory=dict)  # waits by the number of their bin
    count: int = 0
    total: int = 0  # ms
    longest: int = 0  # ms, of all waits ever added

    def add(self, wait: int, times: int = 1) -> None:
        """Count a wait, or remove it if `times` is -1; `longest` never decreases."""
        number = _bin_of(wait)
        bins = self.bins
        left = bins.get(number, 0) + times
        if left:
            bins[number] = left
        else:
            del bins[number]
        self.count += times
        self.total += times * wait
        if wait > self.longest:  # noqa: PLR1730 -- on the hot path, and four times as fast as max()
            self.longest = wait

    def merge(self, other: Waits) -> None:
        bins = self.bins
        for number, count in other.bins.items():
            bins[number] = bins.get(number, 0) + count
        self.count += other.count
        self.total += other.total
        self.longest = max(self.longest, other.longest)

    def merge_sums(self, other: Waits) -> None:
        """Add another summary without its bins: it changes the mean and the longest wait, but no quantile."""
        self.count += other.count
        self.total += other.total
        self.longest = max(self.longest, other.longest)

    def mean(self) -> float | None:
        """Return the mean wait in milliseconds, or None if nothing was counted."""
        return self.total / self.count if self.count else None

    def quantile(self, share: float) -> float | None:
        """Return the wait (ms, nearest rank) that `share` of the calls do not exceed, or None without calls."""
        if not self.count:
            return None
        rank = max(1, ceil(share * self.count))
        if rank == self.count:
            return float(self.longest)
        for number in sorted(self.bins):
            rank -= self.bins[number]
            if rank <= 0:
                break
        return min(middle(number), float(self.longest))


def middle(number: int) -> float:
    """Return the wait (ms) that represents a bin; its error is at most 1 %."""
    return 2 * _GAMMA ** (number - 1) / (_GAMMA + 1) if number else 0.0


@lru_cache(maxsize=65_536)  # waits repeat, since sources round them
def _bin_of(wait: int) -> int:
    return 1 + ceil(log(wait) * _PER_BIN) if wait > 0 else 0
