"""The state of a line that is known only by its counter's readings."""

from __future__ import annotations

from msgspec import Struct, field

from streams.checks.day_rate import DayRateState
from streams.checks.parts import PartsState
from streams.checks.readings import TOTALS, CallTotals
from streams.checks.silence import SilenceState


class ReportedPeriod(Struct, array_like=True):
    """A counter's figures for a stretch, with the faults found in them."""

    start: int  # epoch ms
    end: int  # epoch ms
    totals: CallTotals
    copies: int = 0  # calls that its figures count twice
    copies_lost: int = 0  # the copies that count once as lost
    silent: bool = False  # its zeros mean "not reported"

    def outcomes(self) -> tuple[int, int]:
        """Return the calls answered and lost, from two of the three totals."""
        offered, answered, lost = self.totals.offered or 0, self.totals.answered, self.totals.lost
        if answered is None:
            return max(0, offered - (lost or 0)), lost or 0
        return answered, max(0, offered - answered) if lost is None else lost

    def recounted(self) -> tuple[int, int]:
        """Return the calls answered and lost, each call once."""
        answered, lost = self.outcomes()
        return answered - (self.copies - self.copies_lost), lost - self.copies_lost

    @property
    def whole(self) -> bool:
        """Whether it has all three totals, so that calls without outcome show."""
        return None not in (self.totals.offered, self.totals.answered, self.totals.lost)

    @property
    def empty(self) -> bool:
        return not any((self.totals.offered, self.totals.answered, self.totals.lost))


class ReportedState(Struct):
    """The readings of a counter; moments in epoch ms."""

    periods: list[ReportedPeriod] = []  # by start; none overlap
    forgotten: int = 0  # periods dropped for want of room; older ones than those kept are refused
    at: int = -1  # of the last cumulative reading
    totals: CallTotals = field(default_factory=CallTotals)  # its totals
    pending: ReportedPeriod | None = None  # the unfinished slot, by such readings
    revised: int = 0  # periods reported again with other figures
    resets: int = 0  # of a cumulative counter
    not_reported: int = 0  # periods whose zeros mean "not reported"
    sums: list[int] = field(default_factory=lambda: [0] * len(TOTALS))  # as reported, by `TOTALS`
    without_outcome: int = 0  # offered calls of the readings that were neither answered nor lost

    # The checks
    parts: PartsState = field(default_factory=PartsState)  # parts that exceed their whole
    silence: SilenceState = field(default_factory=SilenceState)  # zeros that mean "not reported"
    days: DayRateState = field(default_factory=DayRateState)  # days with another lost rate
    without_outcome_days: DayRateState | None = None  # days with another share of calls without outcome
    judged: int = -1  # the last local day (an ordinal) whose lost rate was judged
    usual: dict[int, list[float]] = {}  # by hour of the week: calls, and open slots
