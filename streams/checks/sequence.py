"""Sequence gaps: a source numbers its events, and a number that never comes is a lost event.

Numbers may come out of order, so a gap is missed only once it is older than `patience`. Add every event of a source
only once. A number that was seen before then shows a restart, if it is far back or at the beginning.
"""

from __future__ import annotations

from msgspec import Struct, field

from streams.kept.times import FOREVER

MAX_GAPS = 256  # of a source; the oldest are missed first
REACH = 1_000  # a number further than this behind the next one shows a restart of the source


class MissingNumbers(Struct, array_like=True):
    """Numbers in a row that have not come."""

    first: int
    last: int
    at: int  # epoch ms: when they were first missed
    missed: bool = False  # counted as missing


class SequenceState(Struct, array_like=True):
    """A source's next number, its gaps, and its counts."""

    next: int = -1  # -1 before the first
    gaps: list[MissingNumbers] = field(default_factory=list)
    missing: int = 0  # numbers counted as lost
    late: int = 0  # missing numbers that came after all
    repeated: int = 0  # numbers that came before
    restarts: int = 0
    previous: int = -1  # the next number at the last restart
    turned: int = 0  # epoch ms of that restart
    oldest: int = 0  # epoch ms: no gap that can still be filled in time is older


class SequenceCheck(Struct, frozen=True):
    """The check of one source's numbers.

    >>> check, state = SequenceCheck(patience=60_000), SequenceState()
    >>> [check.add(state, seq, at=1_000) for seq in (1, 2, 5, 4)]
    [[], [], [], []]
    >>> [(gap.first, gap.last) for gap in check.add(state, 6, at=61_001)]
    [(3, 3)]
    """

    patience: int  # ms

    def add(self, state: SequenceState, seq: int, at: int) -> list[MissingNumbers]:
        """Add one number at a moment (epoch ms) to the state; return the gaps that are missed now."""
        overdue: list[MissingNumbers] = []
        if seq >= state.next:
            straggler = state.previous - REACH < seq < state.previous and at - state.turned <= self.patience
            if straggler and seq > state.next + REACH:
                return self.due(state, at)  # the gaps of the run before the restart
            if state.next >= 0 and seq > state.next:
                state.gaps.append(MissingNumbers(state.next, seq - 1, at))
                state.oldest = min(state.oldest, at)
            state.next = seq + 1
        elif not self._fill(state, seq):
            if seq > 1 and state.next - seq <= REACH:
                state.repeated += 1
            else:
                overdue = [gap for gap in state.gaps if not gap.missed]
                state.missing += sum(gap.last - gap.first + 1 for gap in overdue)
                state.gaps = []
                state.restarts += 1
                state.previous, state.turned, state.next = state.next, at, seq + 1
        return overdue + self.due(state, at)

    def due(self, state: SequenceState, at: int) -> list[MissingNumbers]:
        """Return the gaps that become older than `patience` by a moment (epoch ms), each once."""
        overdue: list[MissingNumbers] = []
        beyond = len(state.gaps) - MAX_GAPS
        if beyond <= 0 and at - state.oldest <= self.patience:
            return overdue
        for index, gap in enumerate(state.gaps):
            if not gap.missed and (at - gap.at > self.patience or index < beyond):
                gap.missed = True
                state.missing += gap.last - gap.first + 1
                overdue.append(MissingNumbers(gap.first, gap.last, gap.at, missed=True))
        if beyond > 0:
            del state.gaps[:beyond]
        state.oldest = min((gap.at for gap in state.gaps if not gap.missed), default=FOREVER)
        return overdue

    def _fill(self, state: SequenceState, seq: int) -> bool:
        """Take a number out of its gap; return whether it was in one."""
        for index, gap in enumerate(state.gaps):
            if gap.first <= seq <= gap.last:
                if gap.missed:
                    state.late += 1
                rest = [
                    MissingNumbers(first, last, gap.at, missed=gap.missed)
                    for first, last in ((gap.first, seq - 1), (seq + 1, gap.last))
                    if first <= last
                ]
                state.gaps[index : index + 1] = rest
                return True
        return False
