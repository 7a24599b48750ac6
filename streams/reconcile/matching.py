"""Two records of the same lines, call by call, as their calls come to an end.

Calls that share an id on a line are joined by it. Where the records name calls differently, they are joined by time
once the offset of the clocks is known, and not at all where it is ambiguous. Which of the two holds is decided once
enough has come. What waits for its partner is held for `QUIET` of both records' time, so the state stays small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from streams.kept.times import FOREVER, HOUR_MS
from streams.reconcile import by_time
from streams.reconcile.offset import TRACKED, Offset, of_pairs, of_strangers
from streams.reconcile.sighting import Sighting
from streams.reconcile.witnessed import QUIET

SHARED: Final = 0.05  # of the calls of the smaller record, which share an id where ids are shared at all
FEWEST: Final = 3  # of them, where there are as many: one alone may be chance
LOOSE: Final = 60_000  # ms: of calls with one id half lie no farther from the median offset, else the ids are others'
BLOCK: Final = 6 * HOUR_MS  # of both records' time, after which what waits is looked at
MAX_HELD: Final = 5_000  # calls of a record that wait until it is known how they are joined
SLACK: Final = HOUR_MS  # by which the ends of one call lie apart at most, and the clocks between two looks
FULL: Final = 12  # calls of a block at least
LOST_TRACK: Final = 0.25  # of the smaller record's calls: where fewer are joined, a clock may have been set

Way: TypeAlias = Literal["undecided", "id", "time", "none"]


class Pairing(NamedTuple):
    """Hold one call as both records saw it, or as one of them did."""

    first: Sighting | None
    second: Sighting | None
    ahead: int = 0  # ms, of the second clock then
    ambiguous: bool = False  # each of them could be another's: they only count together
    elsewhere: bool = False  # the record that lacks it has another attempt of it


class MatchState(Struct):
    """Hold what is known of calls that wait for their partner; a side is 0 for the first record, 1 for the second."""

    way: Way = "undecided"  # how calls are joined
    offset: Offset = field(default_factory=Offset)
    waiting: tuple[dict[tuple[str, str], Sighting], dict[tuple[str, str], Sighting]] = field(
        default_factory=lambda: ({}, {})
    )
    shared: list[tuple[Sighting, Sighting]] = []  # calls with one id, until the block is over
    callers: tuple[dict[str, int], dict[str, int]] = field(default_factory=lambda: ({}, {}))  # ids, and until when
    looked: int = 0  # up to when (ms) what waits was looked at


class Matching:
    """Join the calls of two records; `state` is all that it knows, a new one that is given it goes on there."""

    def __init__(self, state: MatchState | None = None) -> None:
        self.state = state or MatchState()

    def add(self, side: int, seen: Sighting) -> None:
        """Take a call of one record that is over."""
        state = self.state
        key = seen.line, seen.call
        by_id = state.way in {"undecided", "id"}
        if by_id:
            state.callers[side][seen.base] = max(seen.last, state.callers[side].get(seen.base, 0))
        other = state.waiting[1 - side].pop(key, None) if by_id else None
        if other is None:
            self._wait(side, seen)
        else:
            state.shared.append((other, seen) if side else (seen, other))

    def _wait(self, side: int, seen: Sighting) -> None:
        """Let a call wait for its partner; an earlier one that still waits under the same id keeps its place."""
        waiting, key = self.state.waiting[side], (seen.line, seen.call)
        before = waiting.pop(key, None)
        if before is not None:
            before = replace(before, call=f"{before.call}@{before.start}")
            waiting[before.line, before.call] = before
        waiting[key] = seen

    def advance(self, first: int, second: int) -> Iterator[Pairing]:
        """Yield the calls that are decided once each record has told all up to a moment (ms) of its own clock."""
        state = self.state
        settled = min(first, second)
        if not state.looked:  # until a day of calls is there, nobody knows whether ids are shared
            state.looked = settled + 2 * QUIET - BLOCK
        if settled >= state.looked + BLOCK:
            yield from self._look(first, second)

    def close(self) -> Iterator[Pairing]:
        """Yield the calls that are left at the end of both records."""
        yield from self._look(FOREVER, FOREVER)

    def _look(self, first: int, second: int) -> Iterator[Pairing]:
        state = self.state
        settled = state.looked = min(first, second)
        if state.way == "undecided":
            self._decide()
        if state.way == "undecided" and all(state.waiting):
            if settled < FOREVER and max(map(len, state.waiting)) < MAX_HELD:
                return  # too few to tell
            state.way = "none" if settled == FOREVER else "undecided"
        if state.way == "time":
            # What one record has told, and the other may not have told yet, waits.
            yield from self._by_time(min(first, second - state.offset.now()(second)) - SLACK)
        else:
            yield from self._by_id()
            yield from self._alone(settled - QUIET, frozenset())
        for callers in state.callers:
            for base in [base for base, last in callers.items() if last < settled - 2 * QUIET]:
                del callers[base]

    def _decide(self) -> None:
        """Decide how calls are joined, by what has come so far."""
        state = self.state
        smaller = min(map(len, state.waiting)) + len(state.shared)
        enough = max(SHARED * smaller, min(FEWEST, smaller), 1)
        if len(state.shared) >= enough and _of_one_clock(state.shared):
            state.way = "id"
            return
        for pair in state.shared:  # ids that mean other calls in each of the records
            for side, each in enumerate(pair):
                self._wait(side, each)
        state.shared = []
        if all(state.waiting):
            knot = of_strangers(list(state.waiting[0].values()), list(state.waiting[1].values()))
            if knot is not None:
                state.way = "time"
                state.offset.add(knot)
                for callers in state.callers:
                    callers.clear()

    def _by_id(self) -> Iterator[Pairing]:
        """Yield the calls with one id; a clock that was set is no offset, for it is wrong before or after."""
        state = self.state
        for block in _blocks(state.shared):
            knot = of_pairs(block)
            if not state.offset.knots or abs(knot.offset - state.offset.now()(knot.at)) <= TRACKED:
                state.offset.add(knot)
            ahead = state.offset.now()
            yield from (Pairing(*pair, ahead(pair[0].start)) for pair in block)
        state.shared = []

    def _by_time(self, settled: int) -> Iterator[Pairing]:
        """Yield pairs by time, and what has no partner."""
        state = self.state
        joined = self._tracked(*(list(waiting.values()) for waiting in state.waiting))
        ahead = state.offset.now()
        kept = set()
        for pairs, ambiguous in ((joined.certain, False), (joined.ambiguous, True)):
            for pair in pairs:
                names = [(side, each.line, each.call) for side, each in enumerate(pair)]
                if pair[0].last >= settled:  # not yet due
                    kept.update(names)
                    continue
                for side, line, call in names:
                    del state.waiting[side][line, call]
                yield Pairing(*pair, ahead(pair[0].start), ambiguous)
        yield from self._alone(settled, kept)

    def _tracked(self, first: list[Sighting], second: list[Sighting]) -> by_time.Joined:
        """Join calls by time, after a look at how far the clocks are apart by now."""
        offset = self.state.offset
        for block in _blocks([(each, each) for each in first]):
            ahead = offset.now()(block[0][0].start)
            knot = of_strangers([each for each, _ in block], second, ahead, TRACKED)
            if knot is not None and knot.at > offset.knots[-1].at:
                offset.add(knot)
        joined = by_time.join(first, second, offset.now())
        if len(joined.certain) < LOST_TRACK * min(len(first), len(second)):
            knot = of_strangers(first, second)
            if knot is not None and abs(knot.offset - offset.now()(knot.at)) > TRACKED:
                offset.step(knot)
                return by_time.join(first, second, offset.now())
        return joined

    def _alone(self, before: int, kept: Set[tuple[int, str, str]]) -> Iterator[Pairing]:
        """Yield what waits and ended before a moment (ms) of the first clock, but for what is to be kept."""
        state, ahead = self.state, self.state.offset.now()
        for side, waiting in enumerate(state.waiting):
            for key, each in list(waiting.items()):
                last = each.last - (ahead(each.last) if side else 0)
                if last < before and (side, *key) not in kept:
                    del waiting[key]
                    elsewhere = each.base in state.callers[1 - side]
                    yield Pairing(None if side else each, each if side else None, elsewhere=elsewhere)


def _blocks(pairs: Sequence[tuple[Sighting, Sighting]]) -> Iterator[list[tuple[Sighting, Sighting]]]:
    """Yield pairs in the order of time, by blocks that are long and full enough to tell an offset."""
    block: list[tuple[Sighting, Sighting]] = []
    for pair in sorted(pairs, key=lambda pair: pair[0].start):
        if len(block) >= FULL and pair[0].start - block[0][0].start >= BLOCK:
            yield block
            block = []
        block.append(pair)
    if block:
        yield block


def _of_one_clock(pairs: list[tuple[Sighting, Sighting]]) -> bool:
    """Tell whether most pairs lie equally far apart, as they do where one id is one call."""
    offset = of_pairs(pairs).offset
    near = sum(abs(second.start - first.start - offset) <= LOOSE for first, second in pairs)
    return 2 * near >= len(pairs)
