"""Two complete records of the same lines, matched as their calls end.

A call waits for its partner until both records have advanced by `QUIET`, so a month of calls needs only the memory of
two days. Whether the records share ids is decided as soon as enough calls have come. The offset of the clocks is
estimated block by block, because a record may cover months, in which clocks drift and are set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from msgspec.structs import replace

from streams.kept.times import FOREVER, HOUR_MS
from streams.reconcile.by_time import Joined
from streams.reconcile.matching import FEWEST, Pair, Pairing, Way, decide, join, match
from streams.reconcile.offset import TRACKED, Offset, of_pairs, of_strangers
from streams.reconcile.sighting import Sighting
from streams.reconcile.witnessed import QUIET

BLOCK: Final = 6 * HOUR_MS  # of both records' time between two looks at the waiting calls
MAX_HELD: Final = 5_000  # calls of a record that wait while the way of joining is undecided
SLACK: Final = HOUR_MS  # maximum difference of one call's ends, and of the clocks between two looks
FULL: Final = 12  # calls of a block, at least
LOST_TRACK: Final = 0.25  # if less than this share of the smaller record's calls is joined, a clock may have been set

Waiting: TypeAlias = dict[tuple[str, str], Sighting]  # by line and call


class TwoRecords:
    """The join of two records' calls; a side is 0 for the first record, 1 for the second."""

    def __init__(self) -> None:
        self.way: Way = "undecided"
        self.offset = Offset()
        self.waiting: tuple[Waiting, Waiting] = ({}, {})
        self.callers: tuple[dict[str, int], dict[str, int]] = ({}, {})  # callers' ids, and when last seen (ms)
        self._shared: list[Pair] = []  # pairs with one id found since the last look
        self._looked = 0  # moment (ms) of the last look, in both records' time

    def add(self, side: int, seen: Sighting) -> None:
        """Add a finished call of one record."""
        other = None
        if self.way in {"undecided", "id"}:
            self.callers[side][seen.base] = max(seen.last, self.callers[side].get(seen.base, 0))
            other = self.waiting[1 - side].pop(seen.key, None)
        if other is None:
            self._wait(side, seen)
        else:
            self._shared.append((other, seen) if side else (seen, other))

    def _wait(self, side: int, seen: Sighting) -> None:
        """Let a call wait for its partner; rename an earlier call with the same id, which waits on under the new id."""
        waiting = self.waiting[side]
        before = waiting.pop(seen.key, None)
        if before is not None:
            before = replace(before, call=f"{before.call}@{before.start}")
            waiting[before.key] = before
        waiting[seen.key] = seen

    def advance(self, first: int, second: int) -> Iterator[Pairing]:
        """Yield calls that no later row can change; each record is complete up to a moment (ms) of its own clock."""
        settled = min(first, second)
        if not self._looked:  # a day of calls is needed to see whether ids are shared
            self._looked = settled + 2 * QUIET - BLOCK
        if settled >= self._looked + BLOCK:
            yield from self._look(first, second)

    def close(self) -> Iterator[Pairing]:
        """Yield the calls that are left at the end of both records."""
        yield from self._look(FOREVER, FOREVER)

    def _look(self, first: int, second: int) -> Iterator[Pairing]:
        settled = self._looked = min(first, second)
        if self.way == "undecided":
            self._decide()
        if self.way == "undecided" and all(self.waiting):
            if settled == FOREVER:
                self.way = "none"
            elif max(map(len, self.waiting)) < MAX_HELD:
                return
        sides = self._sides()
        if self.way == "time":
            # Calls that the other record may not have reached yet wait.
            due = min(first, second - self.offset.now()(second)) - SLACK
            joined = self._tracked(*sides)
        else:
            yield from self._by_id()
            due = settled - QUIET
            joined = join(self.way, *sides, self.offset.now())
        yield from self._ended(match(joined, *sides, self.offset.now(), self.callers), due)
        for callers in self.callers:
            for base in [base for base, last in callers.items() if last < settled - 2 * QUIET]:
                del callers[base]

    def _ended(self, pairings: Iterable[Pairing], due: int) -> Iterator[Pairing]:
        """Yield and remove the waiting calls that ended before a moment (ms) of the first clock."""
        ahead = self.offset.now()
        for pairing in pairings:
            side, seen = pairing.seen
            if seen.last - side * ahead(seen.last) < due:
                for each, sighting in pairing.sightings:
                    del self.waiting[each][sighting.key]
                yield pairing

    def _sides(self) -> tuple[list[Sighting], list[Sighting]]:
        first, second = (list(waiting.values()) for waiting in self.waiting)
        return first, second

    def _decide(self) -> None:
        """Decide how calls are joined, from the calls so far."""
        first, second = self._sides()
        first += [one for one, _ in self._shared]
        second += [other for _, other in self._shared]
        decided = decide(first, second, self._shared, max(min(FEWEST, len(first), len(second)), 1))
        if decided is not None and decided[0] == "id":
            self.way = "id"
            return
        for pair in self._shared:  # an id names different calls in the two records
            for side, seen in enumerate(pair):
                self._wait(side, seen)
        self._shared = []
        if decided is not None:
            self.way, knot = decided
            self.offset.add(knot)
            for callers in self.callers:
                callers.clear()

    def _by_id(self) -> Iterator[Pairing]:
        """Yield the pairs with the same id.

        No estimate is made across the moment at which a clock was set, because it would be wrong before or after it.
        """
        for block in _blocks(self._shared):
            knot = of_pairs(block)
            if not self.offset.knots or abs(knot.offset - self.offset.now()(knot.at)) <= TRACKED:
                self.offset.add(knot)
            ahead = self.offset.now()
            yield from (Pairing(*pair, ahead(pair[0].start)) for pair in block)
        self._shared = []

    def _tracked(self, first: list[Sighting], second: list[Sighting]) -> Joined:
        """Join calls by time, with a new estimate of the offset for each block."""
        offset = self.offset
        for block in _blocks([(seen, seen) for seen in first]):
            knot = of_strangers([seen for seen, _ in block], second, offset.now()(block[0][0].start), TRACKED)
            if knot is not None and knot.at > offset.knots[-1].at:
                offset.add(knot)
        joined = join("time", first, second, offset.now())
        if len(joined.certain) < LOST_TRACK * min(len(first), len(second)):
            knot = of_strangers(first, second)
            if knot is not None and abs(knot.offset - offset.now()(knot.at)) > TRACKED:
                offset.step(knot)
                return join("time", first, second, offset.now())
        return joined


def _blocks(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Yield pairs in the order of time, in blocks that are long and full enough to show an offset."""
    block: list[Pair] = []
    for pair in sorted(pairs, key=lambda pair: pair[0].start):
        if len(block) >= FULL and pair[0].start - block[0][0].start >= BLOCK:
            yield block
            block = []
        block.append(pair)
    if block:
        yield block
