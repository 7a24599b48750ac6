"""A recount: which calls of a stretch that was counted wrong a law names, and whether they explain the stretch."""

from __future__ import annotations

from typing import Protocol

from streams.calls.counts import Counted, Counts


class Named(Counted, Protocol):
    """Stand for a slot that counts which of its calls break a law (see `streams.watch.slot.Slot`)."""

    talked: int
    legs: int
    copies: int
    copies_lost: int
    ghosts: int


def wrong(kind: str, slot: Named) -> Counts | None:
    """Return what a miscount of a kind adds to a slot's counts, by the calls that its law names; None without a law.

    It is a sum over calls: that of a sum of slots is the sum of theirs.
    """
    if kind == "closed-hours":
        return Counts.of(slot)
    if kind == "answered-as-lost":
        return Counts(answered=-slot.talked, lost=slot.talked)
    if kind == "multi-leg":
        return Counts(offered=slot.legs, lost=slot.legs)
    if kind == "duplicate":
        return Counts(offered=slot.copies, answered=slot.copies - slot.copies_lost, lost=slot.copies_lost)
    if kind == "phantom":
        return Counts(offered=slot.ghosts, lost=slot.ghosts)
    return None


def explained(kind: str, slot: Named) -> bool:
    """Tell whether a recount is sound: the calls that a law names are at least half of the lost ones."""
    if kind == "duplicate":
        return 2 * slot.copies_lost >= slot.lost - slot.copies_lost
    named = wrong(kind, slot)
    return named is not None and (kind == "closed-hours" or 2 * named.lost >= slot.lost)
