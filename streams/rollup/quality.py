"""The quality flag of a sum, from the flags of its parts (SDMX, CL_OBS_STATUS).

Statistical offices aggregate flags by rank, by frequency, or by weight (Mészáros, flagr: Implementation of Flag
Aggregation, 2018). By rank alone, one doubtful line of 400 would make a nation suspect for ever, so the flag would say
nothing; by frequency, a nation with half of its calls in doubt would look normal. Flags are therefore aggregated by
weight, and the sum gets its worst material flag. A flag is material if its parts received a twentieth of all calls, or
of the calls that the rate counts, as auditors consider 5 % material. The second criterion catches a small line with a
runaway counter. Smaller parts are described in words, with their possible effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from streams.indicators.indicator import ObservationStatus
from streams.watch.thresholds import GATE

MATERIAL: Final = 0.05  # share of a sum's calls, or of its hours


class FlaggedPart(NamedTuple):
    """A part's flag, its received calls, and those that the rate counts."""

    status: ObservationStatus
    calls: int
    hits: int = 0


def status_of_sum(parts: Iterable[FlaggedPart], coverage: float = 1.0) -> ObservationStatus:
    """Return the flag of a sum that covers this share of its hours: the first of Q, U, P, E, B and A that applies.

    Q applies if the coverage is too small for publication. U, E and B apply if the parts with that flag are material; E
    also if the uncovered hours are. P applies if any part's period is not over, as all parts have the same period. A
    withheld part (Q) counts only as a part that is not covered.

    >>> few, many = FlaggedPart("U", 40), FlaggedPart("A", 960)
    >>> status_of_sum([few, many]), status_of_sum([few, many, few]), status_of_sum([many], 0.9)
    ('A', 'U', 'E')
    >>> status_of_sum([FlaggedPart("U", 40, hits=30), FlaggedPart("A", 960, hits=20)])
    'U'
    >>> status_of_sum([many], 0.74), status_of_sum([many, FlaggedPart("P", 0)])
    ('Q', 'P')
    """
    every = list(parts)

    def material(status: ObservationStatus) -> bool:
        own = [each for each in every if each.status == status]
        return bool(own) and (_weighs(own, every, "calls") or _weighs(own, every, "hits"))

    if coverage < GATE.coverage:
        return "Q"
    if material("U"):
        return "U"
    if any(each.status == "P" for each in every):
        return "P"
    if material("E") or 1 - coverage >= MATERIAL:
        return "E"
    return "B" if material("B") else "A"


def _weighs(own: Sequence[FlaggedPart], every: Sequence[FlaggedPart], what: Literal["calls", "hits"]) -> bool:
    parts, whole = (sum(getattr(each, what) for each in of) for of in (own, every))
    return bool(whole) and parts >= MATERIAL * whole
