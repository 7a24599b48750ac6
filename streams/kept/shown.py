"""Monotonic counters for Prometheus.

A later event may turn a lost call into an answered one, so the true count of lost calls falls by one. Prometheus would
read a falling counter as a restart and show a spike. A counter therefore keeps its highest value until the true count
has caught up, and a histogram counts each call once, at its first outcome.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

# Bounds in seconds.
WAIT_BOUNDS: Final = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600)
TALK_BOUNDS: Final = (15, 30, 60, 90, 120, 180, 240, 300, 450, 600, 900, 1800, 3600)


@dataclass(slots=True)
class Histogram:
    """Durations in buckets with fixed upper bounds."""

    counts: list[int]  # by bucket; the last one has no bound
    total: int = 0  # the sum of the lengths, ms

    def observe(self, bounds: tuple[int, ...], length: int) -> None:
        """Count a duration in ms."""
        self.counts[bisect_left(bounds, length / 1000)] += 1
        self.total += length


def _wait_histogram() -> Histogram:
    return Histogram([0] * (len(WAIT_BOUNDS) + 1))


def _talk_histogram() -> Histogram:
    return Histogram([0] * (len(TALK_BOUNDS) + 1))


@dataclass(slots=True)
class Floors:
    """The highest value of each counter that has fallen."""

    floors: dict[int, int] = field(default_factory=dict)  # by outcome

    def before_fall(self, outcome: int, value: int) -> None:
        """Remember the value of a counter that is about to fall."""
        if value > self.floors.get(outcome, 0):
            self.floors[outcome] = value

    def counter(self, outcome: int, value: int) -> int:
        """Return the exported value of a counter whose true count is `value`."""
        return max(value, self.floors.get(outcome, 0))

    def above(self, outcome: int, value: int) -> int:
        """Return by how much the exported counter exceeds its true `value`."""
        return self.counter(outcome, value) - value


@dataclass(slots=True)
class Shown(Floors):
    """The floors of the counters and the histograms of first outcomes."""

    answered_wait: Histogram = field(default_factory=_wait_histogram)
    lost_wait: Histogram = field(default_factory=_wait_histogram)
    talk: Histogram = field(default_factory=_talk_histogram)
