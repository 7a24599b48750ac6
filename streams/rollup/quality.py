"""The quality flag of a sum, from those of its parts (SDMX, CL_OBS_STATUS).

Statistical offices pass flags on by their rank, by the most frequent, or by weight (Mészáros, flagr: Implementation of
Flag Aggregation, 2018). By rank alone, one doubted line of 400 makes a nation suspect for ever, and the flag says
nothing; by the most frequent, a nation of which half is in doubt looks normal. So they are passed on by weight, and the
worst that weighs enough is the sum's: parts with a flag must have received a twentieth of the calls, or hold a
twentieth of those that the rate counts, as auditors hold 5 % to be material. A small line whose counter runs wild
weighs by the second. What weighs less is told in words, with what it could change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from streams.indicators.indicator import ObservationStatus
from streams.watch.thresholds import GATE

MATERIAL: Final = 0.05  # share of a sum's calls, or of its hours


class FlaggedPart(NamedTuple):
    """Hold the flag of a part of a sum, the calls that it received, and those of them that the rate counts."""

    status: ObservationStatus
    calls: int
    hits: int = 0


def status_of_sum(parts: Iterable[FlaggedPart], coverage: float = 1.0) -> ObservationStatus:
    """Return the flag of a sum that stands on this share of its hours: Q, U, P, E, B or A, the first one that holds.

    Q where too little is covered to publish it. U, E and B where the parts that have it are material; E too where what
    is not covered is. P where any part's period is not over, as that is all parts' period. A part that is withheld (Q)
    is not covered, and so counts there.

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
