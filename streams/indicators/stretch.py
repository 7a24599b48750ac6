"""What a line counted in a stretch of slots, raw beside corrected: in a month, in a week, in the whole period."""

from __future__ import annotations

from msgspec import Struct

from streams.calls.counts import Counts
from streams.figures.counted import Counted
from streams.figures.withhold import believed
from streams.ledger.diversions import NONE_DIVERTED, Diversions, answer_rate
from streams.watch.guard import Guard


class LineStretch(Struct, kw_only=True):
    """Hold what a line counted in the opening hours of a month or a week."""

    name: str  # 2013-09 for a month, 2013-09-02 for the week that begins on that day
    raw: Counts
    quarantined: Counts  # the part of raw that lies in miscounts
    corrected: Counts | None  # None where it is withheld
    slots: int
    in_quarantine: int  # slots in miscounts
    left_out: int  # slots in miscounts that are not recounted, or not judged yet: corrected counts nothing of them
    wait: float | None  # mean of the answered calls at whatever hour, s
    raw_diverted: Diversions = NONE_DIVERTED
    corrected_diverted: Diversions = NONE_DIVERTED

    @classmethod
    def of(cls, name: str, counted: Counted[Counts], guard: Guard | None, wait: float | None) -> LineStretch:
        """Return what was counted in the month or week of a name, with its mean wait (s).

        `guard` says why the figure of the whole period is withheld.
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

    @property
    def corrected_rate(self) -> float | None:
        """Return the corrected lost rate, or None where there is none."""
        return None if self.corrected is None else self.corrected.lost_rate

    @property
    def raw_answer_rate(self) -> float | None:
        """Return the answer rate as counted, or None where there is none."""
        return answer_rate(self.raw, self.raw_diverted)

    @property
    def corrected_answer_rate(self) -> float | None:
        """Return the corrected answer rate, or None where there is none."""
        return None if self.corrected is None else answer_rate(self.corrected, self.corrected_diverted)
