"""The rule of withholding: when a sum of what was counted has no figure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from streams.calls.counts import Counts
from streams.figures.counted import C, Counted
from streams.watch.gate import conserves
from streams.watch.guard import Guard, Reason
from streams.watch.thresholds import GATE

NOWHERE: Final[frozenset[Reason]] = frozenset({"no baseline", "above the prior"})  # then no part has a figure either


def believed(counted: Counted[C], guard: Guard | None) -> C | None:
    """Return what is believed of a part of a desk's period; None where that is withheld.

    `guard` says why the figure of the whole period is. A doubt that nobody decided withholds the parts that it lies in;
    too few slots, or counts that cannot be, withhold any part.
    """
    doubted = guard is not None and guard.reason == "undecided" and counted.in_doubt > 0
    nowhere = guard is not None and guard.reason in NOWHERE
    withheld = nowhere or doubted or counted.coverage < GATE.coverage or not _can_be(counted.believed)
    return None if withheld else counted.believed


def believed_so_far(counted: Counted[Counts]) -> Counts | None:
    """Return what is believed of a day that goes on, however few slots that are.

    None where that is nothing at all, though calls were counted.
    """
    return None if counted.raw.offered and not counted.believed.offered else counted.believed


def _can_be(counts: Struct) -> bool:
    return conserves(counts) if isinstance(counts, Counts) else min(astuple(counts)) >= 0
