"""What a line remembers of its counter's readings, where these are all that is told of it."""

from __future__ import annotations

from msgspec import Struct, field

from streams.checks.day_rate import DayRateState
from streams.checks.parts import PartsState
from streams.checks.readings import TOTALS, CallTotals
from streams.checks.silence import SilenceState


class ReportedPeriod(Struct, array_like=True):
    """Hold what a counter reported for a stretch, and what is wrong with that."""

    start: int  # epoch ms
    end: int  # epoch ms
    totals: CallTotals
    copies: int = 0  # calls that its figures hold twice
    copies_lost: int = 0  # those of them that are held once as lost
    silent: bool = False  # its zeros stand for "not reported"

    def outcomes(self) -> tuple[int, int]:
        """Return the calls answered and lost: two of the three totals give them."""
        offered, answered, lost = self.totals.offered or 0, self.totals.answered, self.totals.lost
        if answered is None:
            return max(0, offered - (lost or 0)), lost or 0
        return answered, max(0, offered - answered) if lost is None else lost

    def recounted(self) -> tuple[int, int]:
        """Return the same without the calls that its figures are found to hold twice."""
        answered, lost = self.outcomes()
        return answered - (self.copies - self.copies_lost), lost - self.copies_lost

    @property
    def empty(self) -> bool:
        """Tell whether it reports no call at all."""
        return not any((self.totals.offered, self.totals.answered, self.totals.lost))


class ReportedState(Struct):
    """Hold what a counter reported; moments in epoch ms."""

    periods: list[ReportedPeriod] = []  # by start; none overlap
    forgotten: int = 0  # periods that were dropped for want of room: what is older than those kept is not taken
    at: int = -1  # moment of the last cumulative reading
    totals: CallTotals = field(default_factory=CallTotals)  # its totals
    pending: ReportedPeriod | None = None  # what such readings tell of a slot that goes on
    revised: int = 0  # periods that were reported again with other figures
    resets: int = 0  # of a cumulative counter
    not_reported: int = 0  # periods whose zeros stand for nothing
    sums: list[int] = field(default_factory=lambda: [0] * len(TOTALS))  # as told, by `TOTALS`
    without_outcome: int = 0  # calls offered, by the readings, that were neither answered nor lost

    # The checks
    parts: PartsState = field(default_factory=PartsState)  # that parts exceed their whole
    silence: SilenceState = field(default_factory=SilenceState)  # that zeros stand for nothing
    days: DayRateState = field(default_factory=DayRateState)  # that days lose another share
    judged: int = -1  # the last local day (an ordinal) whose lost rate was judged
    usual: dict[int, list[float]] = {}  # by hour of the week: calls, and the open slots that they came in
