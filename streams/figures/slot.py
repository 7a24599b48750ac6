"""A slot of a line with its judgement (sound, miscounted or in doubt), and the counts that a figure believes."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from streams.calls.counts import Counts
from streams.figures.counted import NO_CALLS, Counted
from streams.ledger.day import CallSlot
from streams.ledger.diversions import NONE_DIVERTED, diversions_of, kept
from streams.watch.belief import Belief
from streams.watch.correction import Corrected
from streams.watch.incident import Incident


class JudgedSlot(NamedTuple):
    """A slot of a line, its time, and the miscount or undecided incident that it lies in."""

    slot_no: int
    day: str  # ISO 8601
    hour: int | None  # local; None where the office is closed
    slot: CallSlot
    miscount: Belief | None  # the belief about the miscount
    doubt: Incident | None
    both: Counts | None = None  # its counts reconciled from both records, if a witness covers it
    unjudged: bool = False  # the calls that the miscount made are not yet known

    @property
    def counts(self) -> Counts:
        """The best known counts of the slot."""
        return Counts.of(self.slot) if self.both is None else self.both

    @property
    def sound(self) -> bool:
        """Return whether the slot has no known problem. A second record clears any suspicion."""
        return self.both is not None or (self.miscount is None and self.doubt is None)

    def counted(self, figure: Corrected, agentless: Collection[str]) -> Counted[Counts]:
        """Return the raw and the believed counts.

        Diverted calls with a reason in `agentless` needed no agent.
        """
        raw, diverted = Counts.of(self.slot), diversions_of(self.slot, agentless)
        if self.sound and self.both is None:
            return Counted.sound(raw, 1, diverted)
        known, wrong = self._believed(raw, figure), self.miscount is not None
        return Counted(
            raw,
            NO_CALLS if known is None else known,
            raw if wrong else NO_CALLS,
            diverted,
            # the second record does not give the reasons of diverted calls
            NONE_DIVERTED if known is None else kept(raw, diverted, known),
            slots=1,
            left_out=int(known is None),
            suspect=int(not self.sound),
            in_quarantine=int(wrong),
            in_doubt=int(self.doubt is not None),
            calls_left_out=raw.offered if known is None else 0,
        )

    def _believed(self, raw: Counts, figure: Corrected) -> Counts | None:
        """Return the counts that a figure uses, or None if it leaves the slot out."""
        wrong = self.miscount
        if self.both is not None:
            return self.both
        if self.unjudged:
            return None
        if wrong is None:
            return None if figure.method == "witness" else raw
        if wrong in figure.recounted:
            return raw - (wrong.wrong(self.slot) or raw)
        return None
