"""The pairing of two records' calls without shared ids: by time, caller, line and length.

A call of one record can be a call of the other if both are on one line, the records do not name different callers, and
the moments agree after the clocks are aligned. The cost of a pair is the sum of the differences of its moments. A pair
is accepted if each call is the other's best match by a clear margin. Calls with several possible partners stay apart
and are reported as ambiguous.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from streams.calls.call import OPEN
from streams.reconcile.offset import compatible
from streams.reconcile.sighting import Sighting

REACH: Final = 10_000  # maximum distance of one call's starts, ms: a greeting, whole seconds, a clock's jitter
AGREE: Final = 3_000  # maximum distance of its other moments, ms, if the caller is unknown
MARGIN: Final = 0.35  # how much lower a pair's cost must be than the cost of any other pair with one of its calls
OTHER_OUTCOME: Final = 0.5  # the extra cost of a pair with different outcomes: most pairs agree
SAME_CALLER: Final = 2.0  # the discount of a pair with the same caller


class Joined(NamedTuple):
    """The pairs of two records' calls: certain pairs, and ambiguous pairs, whose two calls only count together."""

    certain: list[tuple[Sighting, Sighting]]
    ambiguous: list[tuple[Sighting, Sighting]]  # each call has other possible partners


def join(first: Sequence[Sighting], second: Sequence[Sighting], offset: Callable[[int], int]) -> Joined:
    """Join the calls of two records; `offset` (ms) is by how much the second clock is ahead at a moment."""
    costs = _costs(first, second, offset)
    certain = []
    while taken := _best(costs):
        certain += taken
        gone = {one for one, _ in taken}
        gone_too = {other for _, other in taken}
        costs = {pair: cost for pair, cost in costs.items() if pair[0] not in gone and pair[1] not in gone_too}
    ambiguous: list[tuple[int, int]] = []
    for one, other in sorted(costs, key=lambda pair: (first[pair[0]].kind != second[pair[1]].kind, costs[pair], pair)):
        if not any(one == pair[0] or other == pair[1] for pair in ambiguous):
            ambiguous.append((one, other))
    return Joined(
        [(first[one], second[other]) for one, other in certain],
        [(first[one], second[other]) for one, other in ambiguous],
    )


def _costs(
    first: Sequence[Sighting], second: Sequence[Sighting], offset: Callable[[int], int]
) -> dict[tuple[int, int], float]:
    """Return the cost of every possible pair, by the indexes of its calls."""
    lines: dict[str, list[int]] = {}
    for place in sorted(range(len(second)), key=lambda place: second[place].start):
        lines.setdefault(second[place].line, []).append(place)
    costs = {}
    for place, one in enumerate(first):
        ahead = offset(one.start)
        places = lines.get(one.line, [])
        low = bisect_left(places, one.start + ahead - REACH, key=lambda other: second[other].start)
        high = bisect_right(places, one.start + ahead + REACH, key=lambda other: second[other].start)
        for other in places[low:high]:
            cost = _cost(one, second[other], ahead)
            if cost is not None:
                costs[place, other] = cost
    return costs


def _cost(one: Sighting, other: Sighting, ahead: int) -> float | None:
    """Return the cost of taking two calls for one, or None if they cannot be the same call."""
    if not compatible(one, other):
        return None
    apart = [abs(other.start - one.start - ahead)]
    if OPEN not in {one.outcome, other.outcome}:
        apart.append(abs(other.last - one.last - ahead))
        if one.answered >= 0 and other.answered >= 0:
            apart.append(abs(other.answered - one.answered - ahead))
    same = bool(one.caller and other.caller)
    if not same and len(apart) > 1 and min(apart[1:]) > AGREE:
        return None
    return (
        sum(min(each, REACH) for each in apart) / len(apart) / 1_000
        - SAME_CALLER * same
        + OTHER_OUTCOME * (one.kind != other.kind)
    )


def _best(costs: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Return the pairs that are clearly the best match of both their calls."""
    best: tuple[dict[int, list[float]], dict[int, list[float]]] = ({}, {})
    for pair, cost in costs.items():
        for side, place in zip(best, pair, strict=True):
            side.setdefault(place, []).append(cost)
    for side in best:
        for values in side.values():
            values.sort()
    return [
        pair
        for pair, cost in costs.items()
        if all(
            cost == side[place][0] and (len(side[place]) == 1 or side[place][1] >= cost + MARGIN)
            for side, place in zip(best, pair, strict=True)
        )
    ]
