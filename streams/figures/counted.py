"""Counts of slots, raw and believed, as one value that adds up over slots and desks.

The figure of an hour, a month, a line, an office or a nation is a sum of these values. Any grouping gives the same sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import astuple

from streams.calls.counts import Counts
from streams.ledger.diversions import NONE_DIVERTED, Diversions

C = TypeVar("C", bound=Struct)  # a struct of integer counts
NO_CALLS: Final = Counts()


class Counted(Struct, Generic[C], frozen=True):
    """The counts of some slots, raw and believed."""

    raw: C
    believed: C
    quarantined: Counts = NO_CALLS  # the part of `raw` in miscounts
    raw_diverted: Diversions = NONE_DIVERTED
    believed_diverted: Diversions = NONE_DIVERTED
    slots: int = 0
    left_out: int = 0  # slots without believed counts
    suspect: int = 0  # slots in a miscount or an undecided incident that no second record clears
    in_quarantine: int = 0  # slots in miscounts
    in_doubt: int = 0  # slots in undecided incidents
    calls_left_out: int = 0  # calls in the slots left out

    @classmethod
    def sound(cls, raw: C, slots: int = 0, diverted: Diversions = NONE_DIVERTED) -> Counted[C]:
        """Return the counts of slots without a known problem: believed as they are."""
        return Counted(raw, raw, NO_CALLS, diverted, diverted, slots)

    @property
    def coverage(self) -> float:
        """The share of slots with believed counts."""
        return 1 - self.left_out / self.slots if self.slots else 1.0


NOTHING_COUNTED: Final = Counted.sound(NO_CALLS)


def sum_of(parts: Sequence[Counted[C]]) -> Counted[C]:
    """Return the sum of one or more parts."""
    if len(parts) == 1:
        return parts[0]
    raws, known, quarantined, diverted, known_diverted, *numbers = zip(*map(astuple, parts), strict=True)
    raw = _sum(raws)
    return Counted(
        raw,
        raw if known == raws else _sum(known),
        _sum_of_told(quarantined, NO_CALLS),
        _sum_of_told(diverted, NONE_DIVERTED),
        _sum_of_told(known_diverted, NONE_DIVERTED),
        *map(sum, numbers),
    )


def sum_of_calls(parts: Sequence[Counted[Counts]]) -> Counted[Counts]:
    """Return the sum of parts, or zero calls if there are none.

    >>> sum_of_calls([]).raw.offered, sum_of_calls([Counted.sound(Counts(2, answered=2)), NOTHING_COUNTED]).raw.offered
    (0, 2)
    """
    return sum_of(parts or [NOTHING_COUNTED])


def _sum(parts: Sequence[C]) -> C:
    return parts[0] if len(parts) == 1 else type(parts[0])(*map(sum, zip(*map(astuple, parts), strict=True)))


def _sum_of_told(parts: Iterable[C], nothing: C) -> C:
    told = [each for each in parts if each is not nothing]
    return _sum(told) if told else nothing
