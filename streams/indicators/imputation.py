"""Imputation: the open slots that were left out stand for what sound slots of the same hour and month counted.

Weighting-class adjustment (Oh and Scheuren, Weighting adjustment for unit nonresponse, 1983): a sound slot counts for
itself and for its share of those left out beside it. Where a whole month was left out, the same hour of the other
months stands for it. The interval is Jeffreys' at Kish's effective number of calls, since weighted calls tell less
than their number (Franco et al., Comparative study of confidence intervals for proportions in complex surveys, 2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from streams.calls.counts import Counts
from streams.insight.interval import jeffreys

Cell: TypeAlias = tuple[str, int]  # month and local hour


def weights(sound: Mapping[Cell, int], left_out: Mapping[Cell, int]) -> dict[Cell, float]:
    """Return what a sound slot of each cell counts for, by the number of slots that are sound and left out.

    >>> weights({("2013-01", 9): 30, ("2013-02", 9): 10}, {("2013-02", 9): 10})
    {('2013-01', 9): 1.0, ('2013-02', 9): 2.0}
    """
    found = dict.fromkeys((cell for cell, slots in sound.items() if slots), 1.0)
    for (month, hour), slots in left_out.items():
        if not slots:
            continue
        beside = [(month, hour)] if (month, hour) in found else [cell for cell in found if cell[1] == hour]
        beside = beside or list(found)
        among = sum(sound[cell] for cell in beside)
        for cell in beside:
            found[cell] += slots / among
    return found


def impute(
    sound: Mapping[Cell, int], left_out: Mapping[Cell, int], counts: Mapping[Cell, Counts]
) -> tuple[Counts, tuple[float, float] | None]:
    """Return the counts of all slots, by those of the sound ones, and the interval of their lost rate."""
    by_cell = weights(sound, left_out)
    weighed = [(by_cell[cell], each) for cell, each in sorted(counts.items()) if cell in by_cell]
    parts = (
        round(sum(weight * getattr(each, name) for weight, each in weighed))
        for name in ("answered", "lost", "diverted", "unresolved")
    )
    answered, lost, diverted, unresolved = parts
    # What the rounded parts come to is offered: calls are conserved.
    imputed = Counts(answered + lost + diverted + unresolved, answered, lost, diverted, unresolved)
    offered = sum(weight * each.offered for weight, each in weighed)
    squared = sum(weight**2 * each.offered for weight, each in weighed)
    effective = offered**2 / squared if squared else 0.0
    return imputed, jeffreys((imputed.lost_rate or 0.0) * effective, effective)
