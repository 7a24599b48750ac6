"""Clock: tell when a source's time runs back, or disagrees with the time its events arrive.

One late event is a delayed one; many in a row, all behind what the same source said before, are a clock that
was set back (or a change of zone). Against arrival, a clock that is ahead tells of the future; one that is
behind, or a feed that lags, shows in the shortest delay, since the luckiest event has hardly any.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

ClockFault: TypeAlias = Literal["fell", "ahead", "behind"]


class ClockState(Struct, array_like=True):
    """Hold the latest time that the source told, and the runs of events that contradict it (times in epoch ms).

    `first` and `low` are the first and the latest time of those that `fallen` counts.
    """

    high: int = 0
    first: int = 0
    low: int = 0
    fallen: int = 0
    leading: int = 0
    least: int = 0
    delayed: int = 0


class ClockFinding(Struct, frozen=True):
    """Say that a clock `fell`, is `ahead` of arrival, or `behind` it (or the feed is late), `by` ms.

    `at` is its time when that was sure.
    """

    fault: ClockFault
    by: int
    at: int


class ClockCheck(Struct, frozen=True):
    """Watch one source's time; `tolerance` in ms, `persistence` in events that must agree without exception.

    >>> check, state = ClockCheck(tolerance=60_000, persistence=3), ClockState()
    >>> hour = 3_600_000
    >>> for at in (10 * hour, 10 * hour + 5, 5 * hour, 5 * hour + 6, 5 * hour + 7):
    ...     finding = check.add(state, at)
    >>> finding.fault, round(finding.by / hour, 3)
    ('fell', 5.0)
    """

    tolerance: int
    persistence: int

    def add(self, state: ClockState, at: int, arrived: int | None = None) -> ClockFinding | None:
        """Fold one event's time, and its arrival where that is known (not from files); return a fault that is sure.

        A fault is told again only after as many more events.
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
        state.high = state.low  # from here on this is the source's time
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
