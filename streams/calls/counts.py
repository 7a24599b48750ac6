"""Counts of calls by outcome."""

from __future__ import annotations

from collections.abc import Iterable
from operator import add, sub
from typing import Protocol

from msgspec import Struct
from msgspec.structs import astuple


class ByOutcome(Protocol):
    """Anything that counts calls by outcome: a slot of the watch or of the ledger."""

    offered: int
    answered: int
    lost: int
    diverted: int


class Counts(Struct, frozen=True):
    """Calls by outcome."""

    offered: int = 0
    answered: int = 0
    lost: int = 0
    diverted: int = 0
    unresolved: int = 0  # no outcome yet, or none before `max_call_seconds`

    @classmethod
    def of(cls, slot: ByOutcome) -> Counts:
        """Return the counts of a slot. It always has offered = answered + lost + diverted + unresolved.

        >>> from streams.ledger.day import CallSlot
        >>> Counts.of(CallSlot(offered=9, answered=6, lost=1, diverted=1, unresolved=1)).unresolved
        1
        """
        rest = slot.offered - slot.answered - slot.lost - slot.diverted
        return cls(slot.offered, slot.answered, slot.lost, slot.diverted, rest)

    @property
    def lost_rate(self) -> float | None:
        """Lost over offered, or None if nothing was offered."""
        return self.lost / self.offered if self.offered else None

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(add, astuple(self), astuple(other)))

    def __sub__(self, other: Counts) -> Counts:
        return Counts(*map(sub, astuple(self), astuple(other)))


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum of counts, without an intermediate object for each addition.

    >>> total([Counts(2, answered=2), Counts(1, lost=1)])
    Counts(offered=3, answered=2, lost=1, diverted=0, unresolved=0)
    """
    return Counts(*map(sum, zip(*map(astuple, counts), strict=True)))
