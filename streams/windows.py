"""Rolling windows: rings of buckets, of calls by the moment of their outcome.

A call counts in a window when its outcome falls there, so a rate is always lost calls
over calls that ended, between 0 and 1, also while callers still wait.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from streams.call import ANSWERED, DIVERTED, LOST, REASON_MASK
from streams.waits import Waits


class Window(Struct, frozen=True):
    """Name a window and the ring that serves it; lengths in milliseconds."""

    name: str
    length: int
    grain: int


WINDOWS: Final = (
    Window("5m", 300_000, 10_000),
    Window("15m", 900_000, 10_000),
    Window("1h", 3_600_000, 60_000),
    Window("1d", 86_400_000, 900_000),
)
# The longest window that each grain serves, the widest first.
SPANS: Final = {900_000: 86_400_000, 60_000: 3_600_000, 10_000: 900_000}


class Bucket(Struct, array_like=True):
    """Count calls by outcome, and the waits of those answered or lost."""

    answered: int = 0
    lost: int = 0
    diverted: int = 0
    within: int = 0
    waits: Waits = field(default_factory=Waits)

    def add(self, outcome: int, wait: int, within: int, times: int = 1) -> None:
        """Count a call `times` times; `within` is the service level's limit in ms."""
        kind = outcome & ~REASON_MASK
        if kind == DIVERTED:
            self.diverted += times
            return
        if kind == ANSWERED:
            self.answered += times
            if 0 <= wait <= within:
                self.within += times
        elif kind == LOST:
            self.lost += times
        if wait >= 0:
            self.waits.add(wait, times)

    def merge(self, other: Bucket) -> None:
        """Add all of another bucket."""
        self.answered += other.answered
        self.lost += other.lost
        self.diverted += other.diverted
        self.within += other.within
        self.waits.merge(other.waits)

    @property
    def ended(self) -> int:
        """Return how many calls had an outcome."""
        return self.answered + self.lost + self.diverted

    @property
    def lost_rate(self) -> float | None:
        """Return lost over ended calls, or None where none ended."""
        return self.lost / self.ended if self.ended else None

    @property
    def service_level(self) -> float | None:
        """Return the share of ended calls answered within the limit, or None where none ended."""
        return self.within / self.ended if self.ended else None


class Rings(Struct, array_like=True):
    """Keep the buckets of every grain, by grain and bucket number."""

    buckets: dict[int, dict[int, Bucket]] = {}

    def add(self, high: int, moment: int, outcome: int, wait: int, within: int, times: int = 1) -> None:
        """Count a call in every ring that still reaches its moment, seen from `high` (ms)."""
        for grain, span in SPANS.items():
            place = moment // grain
            if place < (high - span) // grain:
                return
            ring = self.buckets.setdefault(grain, {})
            bucket = ring.get(place)
            if bucket is None:
                self.prune(high)
                bucket = ring[place] = Bucket()
            bucket.add(outcome, wait, within, times)

    def prune(self, high: int) -> None:
        """Drop the buckets that no window ending at `high` or later can reach."""
        for grain, ring in self.buckets.items():
            oldest = (high - SPANS[grain]) // grain
            for place in [place for place in ring if place < oldest]:
                del ring[place]

    def read(self, window: Window, now: int) -> Bucket:
        """Return the sum of the buckets of a window that ends at `now` (ms)."""
        last = now // window.grain
        first = last - window.length // window.grain
        total = Bucket()
        for place, bucket in self.buckets.get(window.grain, {}).items():
            if first < place <= last:
                total.merge(bucket)
        return total
