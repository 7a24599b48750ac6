"""A line's raw and corrected counts in a stretch of slots: a month, a week, or the whole period."""

from __future__ import annotations

from msgspec import Struct

from streams.calls.counts import Counts
from streams.figures.counted import Counted
from streams.figures.withhold import believed
from streams.indicators.kinds import IndicatorKind, rate
from streams.ledger.diversions import NONE_DIVERTED, Diversions
from streams.watch.guard import Guard


class LineStretch(Struct, kw_only=True):
    """A line's counts in the opening hours of a month or a week."""

    name: str  # 2013-09 for a month, 2013-09-02 for the week from that day on
    raw: Counts
    quarantined: Counts  # the part of `raw` in miscounts
    corrected: Counts | None  # None if withheld
    slots: int
    in_quarantine: int  # slots in miscounts
    left_out: int  # slots in miscounts that are not recounted, or not judged yet: not in the corrected counts
    wait: float | None  # mean over answered calls at any hour, s
    raw_diverted: Diversions = NONE_DIVERTED
    corrected_diverted: Diversions = NONE_DIVERTED

    @classmethod
    def of(cls, name: str, counted: Counted[Counts], guard: Guard | None, wait: float | None) -> LineStretch:
        """Return the stretch of a month or week, with its mean wait (s).

        `guard` is why the figure of the whole period is withheld.
        """
        return cls(
            name=name,
            raw=counted.raw,
            quarantined=counted.quarantined,
            corrected=believed(counted, guard),
            slots=counted.slots,
            in_quarantine=counted.in_quarantine,
            left_out=counted.left_out,
            wait=wait,
            raw_diverted=counted.raw_diverted,
            corrected_diverted=counted.believed_diverted,
        )

    def rates(self, kind: IndicatorKind) -> tuple[float | None, float | None]:
        """Return the raw and the corrected value of a rate of the line, each None if it does not exist."""
        raw = rate(kind, self.raw, self.raw_diverted)
        return raw, None if self.corrected is None else rate(kind, self.corrected, self.corrected_diverted)
