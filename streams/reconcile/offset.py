"""How far the clocks of two records stand apart, estimated robustly from calls that both have.

Of calls that are known to be the same, the median difference of their starts says it: no minority of wrong pairs moves
a median far. Of calls that are not known to be the same, every possible pair votes for the difference that it implies.
True pairs vote for one value, all others for values spread at random, so the true value is the peak of the votes
(cross-correlation of point processes; Brillinger, D. R., J. Appl. Prob. 12A, 1975). The drift is the median slope
between estimates of different times (Theil, H., Indagationes Mathematicae 12, 1950; Sen, P. K., JASA 63, 1968).
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

MAX_KNOTS: Final = 128  # estimates that are kept; beyond, every second one goes
WIDEST: Final = 26 * HOUR_MS  # offsets that are looked for: a day, whatever the hour is called
TRACKED: Final = 120_000  # ms that the offset moves at most from one estimate to the next
LATEST: Final = 8  # estimates that say what the offset is now: a clock that is set leaves the old ones behind
APART: Final = 6 * HOUR_MS  # estimates that lie closer say nothing of a drift
NEAR: Final = 3_000  # ms: votes so close are votes for one offset: whole seconds, and a greeting of a second or two
ELSEWHERE: Final = 10_000  # ms: a peak so far away is another offset
LENGTHS: Final = 2_000  # ms: lengths of one call in two records differ by less
FEWEST: Final = 4  # votes
SHARE: Final = 0.25  # of the calls that could vote, which do so at least for the true offset
CLEAR: Final = 1.5  # times the votes of the next best offset
SAMPLE: Final = 1_500  # calls of a record that vote


class Knot(NamedTuple):
    """Hold one estimate: how far the second record's clock was ahead of the first's at a moment, ms."""

    at: int
    offset: int


class Offset(Struct):
    """Hold the estimates made so far, in the order of time, since the clocks were last set against each other."""

    knots: list[Knot] = []
    steps: int = 0  # how often a clock was set by more than `TRACKED`

    def add(self, knot: Knot) -> None:
        """Add an estimate."""
        self.knots.append(knot)
        if len(self.knots) > MAX_KNOTS:
            self.knots = self.knots[::2]

    def step(self, knot: Knot) -> None:
        """Begin anew with an estimate, as one of the clocks was set."""
        self.knots = [knot]
        self.steps += 1

    def now(self) -> Callable[[int], int]:
        """Return what tells by how much (ms) the second clock is ahead of the first at a moment of either."""
        latest = self.knots[-LATEST:]
        if not latest:
            return lambda _moment: 0
        slope, last = _slope(latest), latest[-1].at
        level = median(knot.offset + slope * (last - knot.at) for knot in latest)
        return lambda moment: round(level + slope * (moment - last))

    @property
    def typical(self) -> int | None:
        """Return the median of the estimates, ms; None where there is none."""
        return round(median(knot.offset for knot in self.knots)) if self.knots else None

    @property
    def drift(self) -> float | None:
        """Return by how much (ms) the second clock gains on the first in a day; None where that cannot be told."""
        if not self.knots or self.knots[-1].at - self.knots[0].at < APART:
            return None
        return _slope(self.knots) * DAY_MS


def _slope(knots: Sequence[Knot]) -> float:
    """Return the median slope between estimates that lie apart, 0 where none do."""
    slopes = [(b.offset - a.offset) / (b.at - a.at) for a, b in combinations(knots, 2) if b.at - a.at >= APART]
    return median(slopes) if slopes else 0.0


def of_pairs(pairs: Sequence[tuple[Sighting, Sighting]]) -> Knot:
    """Return the estimate of calls that are known to be the same; there is at least one."""
    return Knot(
        round(median(first.start for first, _ in pairs)),
        round(median(second.start - first.start for first, second in pairs)),
    )


def of_strangers(
    first: Sequence[Sighting], second: Sequence[Sighting], around: int = 0, reach: int = WIDEST
) -> Knot | None:
    """Return the estimate of calls of which nobody knows which are the same; None where it is ambiguous.

    Only offsets within `reach` (ms) of `around` are looked at.
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
    """Return the differences that pairs of calls imply, each with the places of its two calls, the least first.

    With `callers` those vote who are one caller, else those that are of one length and may be one caller.
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
    """Return the offset that most calls vote for, None where there is no clear one."""
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
    """Tell whether two calls are of one length, as far as both records tell it."""
    return abs((first.last - first.start) - (second.last - second.start)) <= LENGTHS


def compatible(first: Sighting, second: Sighting) -> bool:
    """Tell whether two calls may be one caller's: as far as both records name one, it is the same."""
    return not first.caller or not second.caller or first.caller == second.caller


def _start(each: Sighting) -> int:
    return each.start
