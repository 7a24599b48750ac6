"""A recount: of a stretch that was counted wrong, the calls that a law names, and whether they explain it."""

from __future__ import annotations

from typing import Protocol

from streams.calls.counts import Counted, Counts


class Named(Counted, Protocol):
    """Stand for a slot that tells which of its calls break a law (see `streams.watch.slot.Slot`)."""

    talked: int
    legs: int
    copies: int
    copies_lost: int
    ghosts: int


def wrong(kind: str, slot: Named) -> Counts | None:
    """Return what the calls that a law names add to a slot's counts, None where their kind names none.

    It is a sum over calls, so that of slots added up it is the sum of the slots'.
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
    """Tell whether the calls that a law names explain a stretch: with half of its lost ones, a recount is sound."""
    if kind == "duplicate":
        return 2 * slot.copies_lost >= slot.lost - slot.copies_lost
    found = wrong(kind, slot)
    return found is not None and (kind == "closed-hours" or 2 * found.lost >= slot.lost)
