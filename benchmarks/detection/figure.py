"""What a corrected figure is worth, beside the truth and beside the raw one."""

from __future__ import annotations

from msgspec import Struct

from agents.analysis.report import LineReport
from agents.shape import CorrectedShape


class Figure(Struct, frozen=True, kw_only=True):
    """Hold what was published of a line; errors are of the lost rate, in points of a hundred."""

    method: str
    coverage: float
    raw_error: float
    error: float | None = None  # None where nothing was published
    half: float | None = None  # of the 95 % interval
    covers: bool | None = None  # the interval has the truth
    negative: bool = False  # a count is below 0

    @property
    def farther(self) -> float:
        """Return how much farther off than raw it is, in points; 0 where it is not."""
        return 0.0 if self.error is None else max(0.0, abs(self.error) - abs(self.raw_error))


def figure(said: LineReport, true: float) -> Figure:
    """Return what the corrected figure is worth where a share of `true` was lost."""
    corrected: CorrectedShape = said.corrected
    raw, rate, low, high = said.raw.lost_rate, corrected.lost_rate, corrected.low, corrected.high
    counts = (corrected.offered, corrected.answered, corrected.lost, corrected.diverted, corrected.unresolved)
    published = rate is not None
    return Figure(
        method=corrected.method,
        coverage=corrected.coverage,
        raw_error=100 * ((raw or 0.0) - true),
        error=None if rate is None else 100 * (rate - true),
        half=None if low is None or high is None else 50 * (high - low),
        covers=None if low is None or high is None else low <= true <= high,
        negative=published and any(count is not None and count < 0 for count in counts),
    )
