"""The offset between the clocks of two records, estimated robustly from calls that both have.

If the pairs are known, the offset is the median difference of their starts, which no minority of wrong pairs can move
far. If they are not known, every possible pair votes for its own difference. True pairs vote for one value, all others
for random values, so the true offset is the peak of the votes (cross-correlation of point processes; Brillinger, D. R.,
J. Appl. Prob. 12A, 1975). The drift is the median slope between estimates of different times (Theil, H., Indagationes
Mathematicae 12, 1950; Sen, P. K., JASA 63, 1968).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import combinations
from statistics import median
from typing import Final, NamedTuple

from msgspec import Struct

from streams.kept.times import DAY_MS, HOUR_MS
from streams.reconcile.sighting import Sighting

MAX_KNOTS: Final = 128  # maximum of stored estimates; beyond it, every second one is dropped
WIDEST: Final = 26 * HOUR_MS  # search range of offsets: a day, with any time zone or summer time
TRACKED: Final = 120_000  # maximum change of the offset from one estimate to the next, ms
LATEST: Final = 8  # number of estimates that give the present offset: older estimates are outdated once a clock is set
APART: Final = 6 * HOUR_MS  # estimates closer together do not show a drift
NEAR: Final = 3_000  # ms: votes this close are for one offset, as records have whole seconds and short greetings
ELSEWHERE: Final = 10_000  # ms: a peak this far away is another offset
LENGTHS: Final = 2_000  # ms: maximum difference of one call's lengths in two records
FEWEST: Final = 4  # minimum of votes
SHARE: Final = 0.25  # minimum share of the voting calls that agree on the true offset
CLEAR: Final = 1.5  # minimum ratio to the votes of the next best offset
SAMPLE: Final = 1_500  # maximum of voting calls of a record


class Knot(NamedTuple):
    """An estimate: by how much (ms) the second record's clock was ahead of the first's at a moment."""

    at: int
    offset: int


class Offset(Struct):
    """The estimates in time order since a clock was last set."""

    knots: list[Knot] = []
    steps: int = 0  # how often a clock was set by more than `TRACKED`

    def add(self, knot: Knot) -> None:
        self.knots.append(knot)
        if len(self.knots) > MAX_KNOTS:
            self.knots = self.knots[::2]

    def step(self, knot: Knot) -> None:
        """Restart with one estimate, because one of the clocks was set."""
        self.knots = [knot]
        self.steps += 1

    def now(self) -> Callable[[int], int]:
        """Return a function that gives, for a moment of either clock, by how much (ms) the second clock is ahead."""
        latest = self.knots[-LATEST:]
        if not latest:
            return lambda _moment: 0
        slope, last = _slope(latest), latest[-1].at
        level = median(knot.offset + slope * (last - knot.at) for knot in latest)
        return lambda moment: round(level + slope * (moment - last))

    @property
    def typical(self) -> int | None:
        """Return the median of the estimates in ms, or None without an estimate."""
        return round(median(knot.offset for knot in self.knots)) if self.knots else None

    @property
    def drift(self) -> float | None:
        """Return by how much (ms) the second clock gains on the first per day, or None if unknown."""
        if not self.knots or self.knots[-1].at - self.knots[0].at < APART:
            return None
        return _slope(self.knots) * DAY_MS


def _slope(knots: Sequence[Knot]) -> float:
    """Return the median slope between estimates that are far enough apart, or 0 without any."""
    slopes = [(b.offset - a.offset) / (b.at - a.at) for a, b in combinations(knots, 2) if b.at - a.at >= APART]
    return median(slopes) if slopes else 0.0


def of_pairs(pairs: Sequence[tuple[Sighting, Sighting]]) -> Knot:
    """Return the estimate from one or more known pairs."""
    return Knot(
        round(median(first.start for first, _ in pairs)),
        round(median(second.start - first.start for first, second in pairs)),
    )


def of_strangers(
    first: Sequence[Sighting], second: Sequence[Sighting], around: int = 0, reach: int = WIDEST
) -> Knot | None:
    """Return the estimate from unpaired calls, or None if it is ambiguous.

    Only offsets within `reach` (ms) of `around` are considered.
    """
    first, second = sorted(first, key=_start)[-SAMPLE:], sorted(second, key=_start)
    votes = _votes(first, second, around, reach, callers=True)
    found = _peak(votes, min(len({one for _, one, _ in votes}), len({other for _, _, other in votes})))
    if found is None:
        found = _peak(_votes(first, second, around, reach, callers=False), min(len(first), len(second)))
    return None if found is None else Knot(round(median(each.start for each in first)), found)


def _votes(
    first: Sequence[Sighting], second: Sequence[Sighting], around: int, reach: int, *, callers: bool
) -> list[tuple[int, int, int]]:
    """Return the differences of possible pairs, each with the indexes of its two calls, in ascending order.

    With `callers`, pairs with the same caller vote; otherwise pairs of the same length that may have the same caller.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for place, each in enumerate(second):
        if not callers or each.caller:
            groups.setdefault((each.line, each.caller if callers else ""), []).append(place)
    found = []
    for place, one in enumerate(first):
        if callers and not one.caller:
            continue
        places = groups.get((one.line, one.caller if callers else ""), [])
        low = bisect_left(places, one.start + around - reach, key=lambda other: second[other].start)
        high = bisect_right(places, one.start + around + reach, key=lambda other: second[other].start)
        found += [
            (second[other].start - one.start, place, other)
            for other in places[low:high]
            if callers or (_alike(one, second[other]) and compatible(one, second[other]))
        ]
    return sorted(found)


def _peak(votes: Sequence[tuple[int, int, int]], voters: int) -> int | None:
    """Return the offset with the most votes, or None if no offset clearly has the most."""
    differences = [vote[0] for vote in votes]
    best, best_count = 0, 0
    counts = []
    end = 0
    for begin, difference in enumerate(differences):
        end = max(end, begin)
        while end < len(differences) and differences[end] <= difference + NEAR:
            end += 1
        counts.append(end - begin)
        if end - begin > best_count:
            best, best_count = begin, end - begin
    if best_count < max(FEWEST, SHARE * voters):
        return None
    within = differences[best : best + best_count]
    centre = round(median(within))
    others = (count for count, each in zip(counts, differences, strict=True) if abs(each - centre) > ELSEWHERE)
    return centre if best_count >= CLEAR * max(others, default=0) else None


def _alike(first: Sighting, second: Sighting) -> bool:
    """Return whether two calls have the same length, as far as both records have it."""
    return abs((first.last - first.start) - (second.last - second.start)) <= LENGTHS


def compatible(first: Sighting, second: Sighting) -> bool:
    """Return whether two calls may have the same caller, because they do not name different callers."""
    return not first.caller or not second.caller or first.caller == second.caller


def _start(each: Sighting) -> int:
    return each.start
