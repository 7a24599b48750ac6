"""Imputation: sound slots of the same hour and month represent the open slots that were left out.

Weighting-class adjustment (Oh and Scheuren, Weighting adjustment for unit nonresponse, 1983): a sound slot counts for
itself and for its share of the slots left out beside it. If a whole month was left out, the same hour of the other
months represents it. The interval is Jeffreys' at Kish's effective number of calls, because weighted calls carry
less information than as many unweighted ones (Franco et al., Comparative study of confidence intervals for proportions
in complex surveys, 2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from streams.calls.counts import Counts

WeightingCell: TypeAlias = tuple[str, int]  # month and local hour


def weights(sound: Mapping[WeightingCell, int], left_out: Mapping[WeightingCell, int]) -> dict[WeightingCell, float]:
    """Return the weight of a sound slot in each cell, given the numbers of sound slots and of those left out.

    >>> weights({("2013-01", 9): 30, ("2013-02", 9): 10}, {("2013-02", 9): 10})
    {('2013-01', 9): 1.0, ('2013-02', 9): 2.0}
    """
    weight = dict.fromkeys((cell for cell, slots in sound.items() if slots), 1.0)
    for (month, hour), slots in left_out.items():
        if not slots:
            continue
        beside = [(month, hour)] if (month, hour) in weight else [cell for cell in weight if cell[1] == hour]
        beside = beside or list(weight)
        among = sum(sound[cell] for cell in beside)
        for cell in beside:
            weight[cell] += slots / among
    return weight


def impute(
    sound: Mapping[WeightingCell, int], left_out: Mapping[WeightingCell, int], counts: Mapping[WeightingCell, Counts]
) -> tuple[Counts, float]:
    """Return the counts of all slots, estimated from `counts` of the sound ones, and the effective number of calls."""
    by_cell = weights(sound, left_out)
    weighed = [(by_cell[cell], each) for cell, each in sorted(counts.items()) if cell in by_cell]
    parts = (
        round(sum(weight * getattr(each, name) for weight, each in weighed))
        for name in ("answered", "lost", "diverted", "unresolved")
    )
    answered, lost, diverted, unresolved = parts
    # Offered is the sum of the rounded parts, so that calls are conserved.
    imputed = Counts(answered + lost + diverted + unresolved, answered, lost, diverted, unresolved)
    offered = sum(weight * each.offered for weight, each in weighed)
    squared = sum(weight**2 * each.offered for weight, each in weighed)
    return imputed, offered**2 / squared if squared else 0.0
