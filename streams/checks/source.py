"""The health of a source by its own numbers and times: events that never came, a clock that ran back."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from streams.checks.clock import ClockCheck, ClockState
from streams.checks.sequence import SequenceCheck, SequenceState

NUMBER_PATIENCE_MS: Final = 600_000  # a later number is counted as missing first
CLOCK: Final = ClockCheck(tolerance=3_600_000, persistence=20)  # 20 events in a row, all more than an hour back
NUMBERS: Final = SequenceCheck(patience=NUMBER_PATIENCE_MS)


class SourceHealth(Struct):
    """The health of one source by its events.

    >>> source = SourceHealth()
    >>> for number, seq in enumerate((1, 2, 5, 6)):
    ...     source.add(seq, at=number * 600_001)
    >>> source.missing, source.restarts, source.fallen
    (2, 0, 0)
    """

    sequence: SequenceState = field(default_factory=SequenceState)
    clock: ClockState = field(default_factory=ClockState)
    fallen: int = 0  # times that its clock fell by over an hour
    by: int = 0  # ms: its largest fall

    def add(self, seq: int | None, at: int) -> None:
        """Add a new event of a moment (epoch ms)."""
        if seq is not None:
            NUMBERS.add(self.sequence, seq, at)
        finding = CLOCK.add(self.clock, at)
        if finding is not None:
            self.fallen += 1
            self.by = max(self.by, finding.by)

    def close(self, at: int) -> None:
        """Count, at the end of a file, the numbers older than `NUMBER_PATIENCE_MS` as missing."""
        NUMBERS.due(self.sequence, at)

    @property
    def missing(self) -> int:
        return self.sequence.missing - self.sequence.late

    @property
    def restarts(self) -> int:
        return self.sequence.restarts
