"""What a line counted in a stretch of slots, raw beside corrected: in a month, in a week, in the whole period."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from msgspec import Struct

from streams.calls.counts import Counts
from streams.indicators.judged import JudgedSlot
from streams.indicators.kinds import IndicatorKind, rate
from streams.ledger.diversions import NONE_DIVERTED, Diversions, diversions_of, kept
from streams.watch import recount
from streams.watch.correction import Corrected
from streams.watch.gate import conserves
from streams.watch.guard import Reason
from streams.watch.thresholds import GATE

NOWHERE: Final[frozenset[Reason]] = frozenset({"no baseline", "above the prior"})  # then no month has a figure either


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

    def rates(self, kind: IndicatorKind) -> tuple[float | None, float | None]:
        """Return a rate of the line as counted and as believed; None where there is none."""
        raw = rate(kind, self.raw, self.raw_diverted)
        return raw, None if self.corrected is None else rate(kind, self.corrected, self.corrected_diverted)


def believed(judged: JudgedSlot, figure: Corrected) -> Counts | None:
    """Return what a figure takes of a slot; None where it leaves the slot out."""
    kind, counts = judged.miscount, Counts.of(judged.slot)
    if judged.both is not None:
        return judged.both
    if judged.unjudged:
        return None
    if judged.sound or (kind is None and figure.method != "witness"):
        return counts
    if kind in figure.recounted:
        return counts - (recount.wrong(kind, judged.slot) or counts)
    return None


class SlotSums:
    """Add up slots, as a figure takes them."""

    def __init__(self, figure: Corrected, agentless: Collection[str]) -> None:
        self._figure = figure
        self._agentless = agentless
        self.raw_diverted = self.corrected_diverted = NONE_DIVERTED
        self._sound = self._suspect = self._believed = self.quarantined = Counts()
        self.slots = self.in_quarantine = self.left_out = self.in_doubt = 0

    @property
    def raw(self) -> Counts:
        """Return what was counted."""
        return self._sound + self._suspect

    @property
    def corrected(self) -> Counts:
        """Return what the figure takes of it."""
        return self._sound + self._believed

    def add_sound(self, counts: Counts, slots: int, diverted: Diversions) -> None:
        """Add so many slots against which nothing is known."""
        self._sound += counts
        self.slots += slots
        if counts.diverted:
            self.raw_diverted += diverted
            self.corrected_diverted += diverted

    def add(self, judged: JudgedSlot) -> None:
        """Add a slot."""
        counts, kind = Counts.of(judged.slot), judged.miscount
        diverted = diversions_of(judged.slot, self._agentless)
        self.raw_diverted += diverted
        self.slots += 1
        self.in_doubt += judged.doubt is not None
        self._suspect += counts
        if kind is not None:
            self.in_quarantine += 1
            self.quarantined += counts
        known = believed(judged, self._figure)
        if known is None:
            self.left_out += 1
        else:
            self._believed += known
            # What another record tells of diverted calls has no reasons.
            self.corrected_diverted += kept(counts, diverted, known)

    def merge(self, other: SlotSums) -> None:
        """Add what was added up elsewhere by the same figure."""
        self._sound += other._sound
        self._suspect += other._suspect
        self._believed += other._believed
        self.quarantined += other.quarantined
        self.raw_diverted += other.raw_diverted
        self.corrected_diverted += other.corrected_diverted
        self.slots += other.slots
        self.in_quarantine += other.in_quarantine
        self.left_out += other.left_out
        self.in_doubt += other.in_doubt

    @property
    def coverage(self) -> float:
        """Return the share of the slots that the corrected counts stand on."""
        return 1 - self.left_out / self.slots if self.slots else 1.0

    @property
    def _withheld(self) -> bool:
        """Tell whether these sums have no figure: for the reason of the whole one, or for their own."""
        guard = self._figure.guard
        doubted = guard is not None and guard.reason == "undecided" and self.in_doubt > 0
        nowhere = guard is not None and guard.reason in NOWHERE
        return nowhere or doubted or self.coverage < GATE.coverage or not conserves(self.corrected)

    def stretch(self, name: str, wait: float | None) -> LineStretch:
        """Return these sums as those of the month or week of this name, with its mean wait."""
        return LineStretch(
            name=name,
            raw=self.raw,
            quarantined=self.quarantined,
            corrected=None if self._withheld else self.corrected,
            slots=self.slots,
            in_quarantine=self.in_quarantine,
            left_out=self.left_out,
            wait=wait,
            raw_diverted=self.raw_diverted,
            corrected_diverted=self.corrected_diverted,
        )
