"""Clock: detects a source's clock that runs back, or differs from the arrival time of its events.

A single late event was only delayed. Many late events in a row, all behind earlier events of the same source, show a
clock that was set back (or a change of time zone). A clock that is ahead gives times in the future. A clock that is
behind, or a slow feed, shows in the shortest delay between event and arrival, because normally some events have hardly
any delay.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

ClockFault: TypeAlias = Literal["fell", "ahead", "behind"]


class ClockState(Struct, array_like=True):
    """The latest time of a source, and the runs of events that contradict it."""

    high: int = 0  # epoch ms: the latest time
    first: int = 0  # epoch ms: the first time in the fallen run
    low: int = 0  # epoch ms: the latest time in the fallen run
    fallen: int = 0  # events in a row behind `high` by more than the tolerance
    leading: int = 0  # events in a row ahead of their arrival
    least: int = 0  # ms: the shortest delay in the delayed run
    delayed: int = 0  # events in a row that arrived late


class ClockFinding(Struct, frozen=True):
    """A clock that `fell`, is `ahead` of arrival, or `behind` it (or the feed is late)."""

    fault: ClockFault
    by: int  # ms
    at: int  # epoch ms: the clock's time when the fault became certain


class ClockCheck(Struct, frozen=True):
    """The check of one source's time.

    >>> check, state = ClockCheck(tolerance=60_000, persistence=3), ClockState()
    >>> hour = 3_600_000
    >>> for at in (10 * hour, 10 * hour + 5, 5 * hour, 5 * hour + 6, 5 * hour + 7):
    ...     finding = check.add(state, at)
    >>> finding.fault, round(finding.by / hour, 3)
    ('fell', 5.0)
    """

    tolerance: int  # ms
    persistence: int  # events in a row that must agree

    def add(self, state: ClockState, at: int, arrived: int | None = None) -> ClockFinding | None:
        """Add one event's time, and its arrival if that is known (not from files); return a fault that is certain.

        A fault is found again only after `persistence` more events.
        """
        return self._order(state, at) or (None if arrived is None else self._skew(state, at, arrived))

    def _order(self, state: ClockState, at: int) -> ClockFinding | None:
        if at >= state.high - self.tolerance:
            state.high = max(state.high, at)
            state.fallen = 0
            return None
        if not state.fallen:
            state.first = state.low = at
        state.low = max(state.low, at)
        state.fallen += 1
        if state.fallen < self.persistence:
            return None
        fallen = ClockFinding("fell", state.high - state.first, at)
        state.high = state.low  # from now on, this is the latest time of the source
        state.fallen = 0
        return fallen

    def _skew(self, state: ClockState, at: int, arrived: int) -> ClockFinding | None:
        delay = arrived - at
        state.leading = state.leading + 1 if delay < -self.tolerance else 0
        if delay > self.tolerance:
            state.least = delay if not state.delayed else min(state.least, delay)
            state.delayed += 1
        else:
            state.delayed = 0
        if state.leading >= self.persistence:
            state.leading = 0
            return ClockFinding("ahead", -delay, at)
        if state.delayed >= self.persistence:
            state.delayed = 0
            return ClockFinding("behind", state.least, at)
        return None
