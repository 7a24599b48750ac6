"""Blocks of readings that come a second time: figures that were copied, or a table sent again under other days.

Small counts of two readings are often equal by chance. By a Poisson law, two counts of mean m are equal with a chance
of about 1 / (2 sqrt(pi m)). So the weight of each reading is minus the logarithm of this chance, and a block is
reported once its weight exceeds the largest weight that chance gives among all earlier blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log, pi, sqrt
from typing import NamedTuple

from streams.checks.readings import CallTotals

ALARM = 12.0  # nats beyond the logarithm of the number of earlier places for the block
FEWEST = 3  # readings of a block
MOST_PLACES = 64  # places that are compared; readings found at more places are equal by chance


class RepeatedBlock(NamedTuple):
    """The length of a block, its distance from the earlier one in readings, and its weight."""

    length: int
    back: int
    weight: float  # nats


def weight(reading: CallTotals) -> float:
    """Return the evidence, in nats, of another reading that is equal.

    >>> weight(CallTotals(0, 0, 0)), round(weight(CallTotals(offered=1006, answered=966, lost=40)), 1)
    (0.0, 7.8)
    """
    told = sorted(count for count in (reading.offered, reading.answered, reading.lost) if count is not None)
    # If every call is answered or lost, the largest of the three follows from the other two.
    counts = (told[-1], told[0]) if len(told) > 1 else told
    return sum((max(0.0, log(2 * sqrt(pi * count))) for count in counts if count), 0.0)


def repeated(readings: Sequence[CallTotals], places: Mapping[CallTotals, Sequence[int]]) -> RepeatedBlock | None:
    """Return the block that ends `readings` and repeats an earlier one, if there is one.

    `places` has the indexes in `readings` of every reading, in order.

    >>> week = [CallTotals(400 + 7 * day, 380, 20 + 7 * day) for day in range(5)]
    >>> month = [*week, CallTotals(391, 371, 20), *week]
    >>> repeated(month, {each: [at for at, one in enumerate(month) if one == each] for each in month})
    RepeatedBlock(length=5, back=6, weight=34.0)
    """
    last = len(readings) - 1
    own = readings[last]
    if not weight(own):
        return None
    for place in reversed(places.get(own, ())[-MOST_PLACES:]):
        back = last - place
        if back < 1:
            continue
        length, total = 0, 0.0
        while length < back and length <= place and readings[last - length] == readings[place - length]:
            total += weight(readings[last - length])
            length += 1
        beyond = total - log(len(readings))
        if length >= FEWEST and beyond >= ALARM:
            return RepeatedBlock(length, back, round(beyond, 1))
    return None
