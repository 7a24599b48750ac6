"""Sequence gaps: a source numbers what it says, and a number that never comes is an event that was lost.

Numbers may come out of order, so a gap is told only once it is older than `patience`. Hand in every event of a
source once (no repeats): then a number that was there before, far back or at the beginning, is a restart.
"""

from __future__ import annotations

from msgspec import Struct, field

MAX_GAPS = 256
REACH = 1_000  # a number this far behind the next was not delayed: the source counts anew


class MissingNumbers(Struct, array_like=True):
    """Hold numbers that have not come, `first` to `last`, since the moment `at` (epoch ms); `told` once missed."""

    first: int
    last: int
    at: int
    told: bool = False


class SequenceState(Struct, array_like=True):
    """Hold the next number, the open gaps, and what was counted.

    `missing` numbers were told as lost, `late` of them came after all; `repeated` ones were there before.
    `previous` and `turned` are the next number and the moment of the last restart.
    """

    next: int = -1
    gaps: list[MissingNumbers] = field(default_factory=list)
    missing: int = 0
    late: int = 0
    repeated: int = 0
    restarts: int = 0
    previous: int = -1
    turned: int = 0


class SequenceCheck(Struct, frozen=True):
    """Watch one source's numbers; `patience` in ms.

    >>> check, state = SequenceCheck(patience=60_000), SequenceState()
    >>> [check.add(state, seq, at=1_000) for seq in (1, 2, 5, 4)]
    [[], [], [], []]
    >>> [(gap.first, gap.last) for gap in check.add(state, 6, at=61_001)]
    [(3, 3)]
    """

    patience: int

    def add(self, state: SequenceState, seq: int, at: int) -> list[MissingNumbers]:
        """Fold one number at a moment (epoch ms) into the state; return the gaps that are found lost now."""
        overdue: list[MissingNumbers] = []
        if seq >= state.next:
            straggler = state.previous - REACH < seq < state.previous and at - state.turned <= self.patience
            if straggler and seq > state.next + REACH:
                return self.due(state, at)  # of the run before the restart
            if state.next >= 0 and seq > state.next:
                state.gaps.append(MissingNumbers(state.next, seq - 1, at))
            state.next = seq + 1
        elif not self._fill(state, seq):
            if seq > 1 and state.next - seq <= REACH:
                state.repeated += 1
            else:
                overdue = [gap for gap in state.gaps if not gap.told]
                state.missing += sum(gap.last - gap.first + 1 for gap in overdue)
                state.gaps = []
                state.restarts += 1
                state.previous, state.turned, state.next = state.next, at, seq + 1
        return overdue + self.due(state, at)

    def due(self, state: SequenceState, at: int) -> list[MissingNumbers]:
        """Return the gaps that are older than `patience` at a moment (epoch ms), each once."""
        overdue: list[MissingNumbers] = []
        beyond = len(state.gaps) - MAX_GAPS
        for place, gap in enumerate(state.gaps):
            if not gap.told and (at - gap.at > self.patience or place < beyond):
                gap.told = True
                state.missing += gap.last - gap.first + 1
                overdue.append(MissingNumbers(gap.first, gap.last, gap.at, told=True))
        if beyond > 0:
            del state.gaps[:beyond]
        return overdue

    def _fill(self, state: SequenceState, seq: int) -> bool:
        """Take a number out of the gap that it is in; return whether there is one."""
        for place, gap in enumerate(state.gaps):
            if gap.first <= seq <= gap.last:
                if gap.told:
                    state.late += 1
                rest = [
                    MissingNumbers(first, last, gap.at, told=gap.told)
                    for first, last in ((gap.first, seq - 1), (seq + 1, gap.last))
                    if first <= last
                ]
                state.gaps[place : place + 1] = rest
                return True
        return False
