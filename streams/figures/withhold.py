"""When a figure that is a sum of counts is withheld."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from streams.calls.counts import Counts
from streams.figures.counted import C, Counted
from streams.watch.gate import conserves
from streams.watch.guard import Guard, Reason
from streams.watch.thresholds import GATE

# If a period has such a guard, its parts have no figures either.
NOWHERE: Final[frozenset[Reason]] = frozenset({"no baseline", "above the prior"})


def believed(counted: Counted[C], guard: Guard | None) -> C | None:
    """Return the believed counts of a part of a desk's period, or None if withheld.

    `guard` is the reason why the whole period's figure is withheld. An undecided incident withholds the parts that
    contain it; too few slots, or impossible counts, withhold any part.
    """
    doubted = guard is not None and guard.reason == "undecided" and counted.in_doubt > 0
    nowhere = guard is not None and guard.reason in NOWHERE
    withheld = nowhere or doubted or counted.coverage < GATE.coverage or not _can_be(counted.believed)
    return None if withheld else counted.believed


def believed_so_far(counted: Counted[Counts]) -> Counts | None:
    """Return the believed counts of an unfinished day, however few its slots are.

    Return None if calls were counted but no call is believed.
    """
    return None if counted.raw.offered and not counted.believed.offered else counted.believed


def _can_be(counts: Struct) -> bool:
    return conserves(counts) if isinstance(counts, Counts) else min(astuple(counts)) >= 0
