"""The belief about a miscounted stretch: one definition for lines, ledgers, figures, lists and pages.

If a law names the wrong calls, they are recounted: a copy is no call, and a lost call with a conversation was answered.
The law's counts may be older than the slot's: a call that it named may have another outcome by now. So no more calls
are subtracted than the slot has. If no law names them, the lost calls are estimated from persons' answers
(`streams.questions.sample`), or the stretch is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

from streams.calls.call import Call
from streams.calls.counts import ByOutcome, Counts
from streams.questions.sample import Estimated, WrongShares
from streams.watch.incident import Incident
from streams.watch.slot import is_ghost, repeated

INVENTED: Final = frozenset({"phantom", "multi-leg", "duplicate"})  # kinds whose wrong calls never came


class Named(ByOutcome, Protocol):
    """A slot with counts of the calls that break a law (see `streams.watch.slot.Slot`)."""

    talked: int
    legs: int
    copies: int
    copies_lost: int
    ghosts: int


class Belief(NamedTuple):
    """The belief about the calls of a miscount: its kind, and persons' answers about its calls."""

    kind: str
    sample: WrongShares | None = None

    @classmethod
    def of(cls, incident: Incident) -> Belief:
        return cls(incident.kind, incident.sample)

    def wrong(self, slot: Named) -> Counts | None:
        """Return the excess of a slot's counts, from the calls that the kind's law names; None if it has no law."""
        if self.kind == "closed-hours":
            return Counts.of(slot)
        if self.kind == "answered-as-lost":
            talked = _within(slot.talked, slot.lost)
            return Counts(answered=-talked, lost=talked)
        if self.kind == "phantom":
            lost = _within(slot.ghosts, slot.lost)
            return Counts(offered=lost, lost=lost)
        if self.kind in {"multi-leg", "duplicate"}:  # a leg that begins with its call counts as a copy
            lost = _within(slot.copies_lost + slot.legs, slot.lost)
            answered = _within(slot.copies - slot.copies_lost, slot.answered)
            return Counts(offered=lost + answered, answered=answered, lost=lost)
        return None

    def explains(self, slot: Named) -> bool:
        """Return whether a recount of a stretch is sound: its law names at least half of the lost calls."""
        if self.kind == "duplicate":
            named_lost = slot.copies_lost + slot.legs
            return 2 * named_lost >= slot.lost - named_lost
        named = self.wrong(slot)
        return named is not None and (self.kind == "closed-hours" or 2 * named.lost >= slot.lost)

    def names(self, calls: Sequence[Call]) -> Callable[[Call], bool]:
        """Return the test for the lost calls that the kind's law names; `wrong` counts the same calls."""
        if self.kind == "answered-as-lost":
            return lambda call: call.talk > 0
        if self.kind == "phantom":
            return is_ghost
        if self.kind in {"multi-leg", "duplicate"}:
            copies = {id(each) for each in repeated(calls)}
            return lambda call: id(call) in copies
        return lambda _: self.kind == "closed-hours"

    def estimate(self, counts: Counts) -> Estimated | None:
        """Return what persons' answers make of a stretch's counts; None without answers."""
        return None if self.sample is None else self.sample.estimate(counts, invented=self.kind in INVENTED)


def _within(named: int, counted: int) -> int:
    return max(0, min(named, counted))
