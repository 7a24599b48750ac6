"""The parts of a reading against its whole: answered and lost calls together never exceed offered calls.

Calls in progress at an interval's edges may be offered in one and answered in the next, so one reading may hold more
parts than its whole. But the next readings make up for such an excess at once: its running sum (a CUSUM without drift,
Page 1954) never exceeds the calls that can be in progress together. A larger excess has a lasting cause. If one column
is the sum of the two parts, the figures show which column: the part that is never below the other.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from streams.checks.readings import CallTotals

# The column that is the sum of answered and lost; None if no such sum explains the excess.
Summed: TypeAlias = Literal["lost", "answered"] | None

SLACK = 10  # calls that can be in progress at once on any line, as in `CounterCheck`
HOUR_MS = 3_600_000


class PartsState(Struct, array_like=True):
    """The excess of the parts over the whole, and the sums of the readings since it began."""

    excess: int = 0  # calls
    since: int = 0  # epoch ms: start of the first of these readings
    slack: float = 0.0  # calls that may be in progress at once: an hour's calls, halved with each hour
    readings: int = 0
    offered: int = 0
    answered: int = 0
    lost: int = 0
    lost_least: int = 0  # readings with at least as many lost calls as answered ones
    whole_answered: int = 0  # readings in which all offered calls are answered

    @property
    def broken(self) -> bool:
        """Return whether the excess is more than calls in progress explain."""
        return self.excess > self.slack

    @property
    def summed(self) -> Summed:
        """Return the column that holds both parts, by these readings."""
        if self.lost_least == self.readings:
            return "lost"
        return "answered" if self.whole_answered == self.readings else None


def breaks(reading: CallTotals) -> bool:
    """Return whether a single reading has more parts than its whole."""
    return reading.offered is not None and (reading.answered or 0) + (reading.lost or 0) > reading.offered


def fits(summed: Summed, reading: CallTotals) -> bool:
    """Return whether the same sum may have made a reading."""
    offered, answered, lost = reading.offered or 0, reading.answered or 0, reading.lost or 0
    return lost >= answered if summed == "lost" else answered == offered if summed == "answered" else breaks(reading)


def add(state: PartsState, reading: CallTotals, since: int, at: int) -> None:
    """Add a reading of the calls from `since` to `at` (epoch ms); one without a whole is ignored.

    >>> state = PartsState()
    >>> add(state, CallTotals(offered=1006, answered=966, lost=1006), 0, 86_400_000)
    >>> state.broken, state.summed, state.lost - state.answered
    (True, 'lost', 40)
    """
    if reading.offered is None or not reading.offered + (reading.answered or 0) + (reading.lost or 0):
        return
    length = (at - since) / HOUR_MS
    state.slack = max(SLACK + reading.offered * min(1.0, 1 / length), state.slack * 0.5**length)
    excess = state.excess + (reading.answered or 0) + (reading.lost or 0) - reading.offered
    if excess <= 0:
        if state.readings:
            clear(state)
        return
    if not state.readings:
        state.since = since
    state.excess = excess
    go_on(state, reading)


def go_on(state: PartsState, reading: CallTotals) -> None:
    offered, answered, lost = reading.offered or 0, reading.answered or 0, reading.lost or 0
    both = reading.answered is not None and reading.lost is not None
    state.readings += 1
    state.offered += offered
    state.answered += answered
    state.lost += lost
    state.lost_least += both and lost >= answered
    state.whole_answered += both and answered == offered


def clear(state: PartsState) -> None:
    """Restart the sums; the number of calls in progress stays."""
    for name in state.__struct_fields__:
        if name != "slack":
            setattr(state, name, 0)
