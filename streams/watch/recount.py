"""A recount: the calls of a miscounted stretch that a law names, and whether they explain the stretch.

The law's counts may be older than the slot's: a call that it named may have another outcome by now. So no more calls
are subtracted than the slot has.
"""

from __future__ import annotations

from typing import Protocol

from streams.calls.counts import ByOutcome, Counts


class Named(ByOutcome, Protocol):
    """A slot with counts of the calls that break a law (see `streams.watch.slot.Slot`)."""

    talked: int
    legs: int
    copies: int
    copies_lost: int
    ghosts: int


def wrong(kind: str, slot: Named) -> Counts | None:
    """Return the excess of a slot's counts, from the calls that the law of a kind names; None if it has no law."""
    if kind == "closed-hours":
        return Counts.of(slot)
    if kind == "answered-as-lost":
        talked = _within(slot.talked, slot.lost)
        return Counts(answered=-talked, lost=talked)
    if kind == "phantom":
        lost = _within(slot.ghosts, slot.lost)
        return Counts(offered=lost, lost=lost)
    if kind in {"multi-leg", "duplicate"}:  # a leg that begins with its call counts as a copy
        lost = _within(slot.copies_lost + slot.legs, slot.lost)
        answered = _within(slot.copies - slot.copies_lost, slot.answered)
        return Counts(offered=lost + answered, answered=answered, lost=lost)
    return None


def _within(named: int, counted: int) -> int:
    return max(0, min(named, counted))


def explained(kind: str, slot: Named) -> bool:
    """Return whether a recount is sound: its law names at least half of the lost calls."""
    if kind == "duplicate":
        named_lost = slot.copies_lost + slot.legs
        return 2 * named_lost >= slot.lost - named_lost
    named = wrong(kind, slot)
    return named is not None and (kind == "closed-hours" or 2 * named.lost >= slot.lost)
