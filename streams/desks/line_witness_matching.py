"""The matching of a line's calls with those of its witness: which are one call, and which only one record has.

Calls are joined by their ids where the records share them, else by time, with the offset of the clocks followed. A call
that one record lacks says something only where the other was there, and had time to tell of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from streams.calls.call import ANSWERED, OPEN, RINGING, SEEN_BIT
from streams.calls.rules import LineRules
from streams.desks.line_witness_state import LineWitnessState
from streams.kept.times import HOUR_MS, MINUTE_MS
from streams.reconcile import by_time
from streams.reconcile.offset import TRACKED, of_pairs, of_strangers
from streams.reconcile.sighting import Sight, Sighting, sight_of, sighting
from streams.reconcile.verdict import Judged, of_both, of_one

SILENT: Final = 8  # calls of the line in a row that a witness does not all miss unless it is silent
SILENT_ANSWERED: Final = 3  # the same of answered ones, which faults of the counting seldom hide
SHARED: Final = 0.05  # of the calls of the smaller record, which share an id where ids are shared at all
FEWEST: Final = 3  # of them, where there are as many
# Half of the pairs with one id lie at most so far from their median offset; else one id names two calls.
LOOSE: Final = MINUTE_MS
# Where no id is shared, two calls so near to each other, one in each record, may be one that a clock which drifted
# overnight keeps apart: nothing is told of them until the calls around them show its offset.
NEARBY: Final = MINUTE_MS
AROUND: Final = HOUR_MS
MANIFOLD: Final = 2  # times as many are joined there as are apart: by a wrong offset few are, by chance
HAPPENED: Final = ~(RINGING | SEEN_BIT["ended"])  # a ringing leg, or an end alone, is no call


class Found(NamedTuple):
    """Hold what is found of one call."""

    first: Sighting | None
    second: Sighting | None
    judged: Judged
    ambiguous: bool = False  # it may be two calls
    covered: bool = True  # False where the record that lacks it was silent
    due: bool = True  # both records had time to tell of it

    def start(self, ahead: int) -> int:
        """Return when it began (ms), by the line's clock."""
        if self.first is not None:
            return self.first.start
        assert self.second is not None
        return self.second.start - ahead


class Matched(NamedTuple):
    """Hold what is found of all waiting calls, and of the witness's presence."""

    found: list[Found]
    covered: Callable[[int], bool]  # tells whether the witness was there at a moment (ms) of the line's clock
    heard: list[int]  # the moments (ms, of the line's clock) at which the witness was heard, in their order


class WitnessMatching:
    """Match the calls of a line and of its witness that wait in its state."""

    def __init__(self, rules: LineRules, state: LineWitnessState) -> None:
        self._state = state
        self._rules = rules

    def set_clocks(self, fewest: int) -> None:
        """Decide how calls are joined, where that is not known yet, and follow the offset of the clocks."""
        state = self._state
        first, second = self._sightings()
        if not first or not second:
            return
        names = {each.call: each for each in second}
        shared = [(each, names[each.call]) for each in first if each.call in names]
        if state.way == "undecided":
            if len(shared) >= max(SHARED * min(len(first), len(second)), fewest) and _of_one_clock(shared):
                state.way = "id"
            else:
                knot = of_strangers(first, second)
                if knot is not None:
                    state.way, state.ahead = "time", knot.offset
        elif state.way == "time":
            knot = of_strangers(first, second, state.ahead, TRACKED)
            if knot is None and not by_time.join(first, second, lambda _: state.ahead).certain:
                knot = of_strangers(first, second)  # a clock may have been set
            state.ahead = state.ahead if knot is None else knot.offset
        if state.way == "id" and len(shared) >= fewest:
            state.ahead = of_pairs(shared).offset

    def match(self, own: int) -> Matched:
        """Match all waiting calls; the line's own record is complete up to `own` (ms)."""
        first, second = self._sightings()
        heard = sorted(at - self._state.ahead for each in second for at in (each.start, each.last))
        covered = self._covering(first, heard)
        return Matched(list(self._found(first, second, covered, own)), covered, heard)

    def _found(
        self, first: Sequence[Sighting], second: Sequence[Sighting], covered: Callable[[int], bool], own: int
    ) -> Iterator[Found]:
        """Yield what is found of every waiting call."""
        state, sights, day = self._state, self.sights(), self._rules.day
        ahead = state.ahead
        pairs, ambiguous = self._pairs(first, second)
        for joined, unsure in ((pairs, False), (ambiguous, True)):
            for one, other in joined:
                due = one.outcome != OPEN != other.outcome or max(one.last, other.last - ahead) <= own
                due = due and max(moment(one), moment(other) - ahead) <= own
                yield Found(one, other, of_both(one, other, sights, ahead, day), unsure, due=due)
        gone = {each.call for pair in (*pairs, *ambiguous) for each in pair[:1]}
        gone_too = {each.call for pair in (*pairs, *ambiguous) for each in pair[1:]}
        bases = {each.base for each in first}, {each.base for each in second}
        left = [
            sorted(each.start - side * ahead for each in seen if each.call not in taken)
            for side, (seen, taken) in enumerate(((first, gone), (second, gone_too)))
        ]
        shown = sorted(one.start for one, other in pairs if one.outcome != OPEN != other.outcome)
        for side, (seen, taken) in enumerate(((first, gone), (second, gone_too))):
            until = own if side else min(own, state.paired)
            for each in seen:
                if each.call in taken:
                    continue
                elsewhere = state.way == "id" and each.base in bases[1 - side]
                judged = of_one(each, side, sights, elsewhere=elsewhere)
                place = each.start - side * ahead
                due = each.last - side * ahead <= until and self._complete(each, until + side * ahead)
                if due and state.way == "time" and _count(left[1 - side], place, NEARBY):
                    apart = min(_count(each, place, AROUND) for each in left)
                    due = _count(shown, place, AROUND) > MANIFOLD * apart
                there = state.since[0] <= place <= state.high[0] if side else covered(place) and covered(each.last)
                yield Found(None if side else each, each if side else None, judged, covered=there, due=due)

    def _pairs(
        self, first: Sequence[Sighting], second: Sequence[Sighting]
    ) -> tuple[Sequence[tuple[Sighting, Sighting]], Sequence[tuple[Sighting, Sighting]]]:
        """Return the calls that are one in both records, and those that may be."""
        state = self._state
        if state.way == "id":
            names = {each.call: each for each in second}
            return [(each, names[each.call]) for each in first if each.call in names], []
        if state.way == "time":
            joined = by_time.join(first, second, lambda _: state.ahead)
            return joined.certain, joined.ambiguous
        return [], []

    def _covering(self, first: Sequence[Sighting], heard: Sequence[int]) -> Callable[[int], bool]:
        """Return what tells whether the witness was there at a moment (ms) of the line's clock."""
        state = self._state
        starts = sorted((each.start, each.kind == ANSWERED) for each in first)
        answered = [0]
        for _, is_answered in starts:
            answered.append(answered[-1] + is_answered)

        def covered(place: int) -> bool:
            if state.way == "undecided" or not state.since[1] - state.ahead <= place <= state.high[1] - state.ahead:
                return False
            after = bisect_right(heard, place)
            begin = bisect_left(starts, (heard[after - 1], False)) if after else 0
            end = bisect_right(starts, (heard[after], True)) if after < len(heard) else len(starts)
            silent, silent_answered = (0, 0) if after else (state.silent, state.silent_answered)
            return silent + end - begin < SILENT and silent_answered + answered[end] - answered[begin] < SILENT_ANSWERED

        return covered

    def _sightings(self) -> tuple[list[Sighting], list[Sighting]]:
        first, second = (
            [sighting(self._rules.line, name, call) for name, call in calls.items() if call.types & HAPPENED]
            for calls in self._state.calls
        )
        return first, second

    def _complete(self, seen: Sighting, until: int) -> bool:
        """Tell whether a record has told by a moment (ms of its clock) all that it will of a call."""
        if seen.start + self._rules.max_call <= until or seen.cut:
            return True
        return seen.outcome != OPEN and (seen.kind != ANSWERED or seen.last > seen.answered or seen.talk >= 0)

    def sights(self) -> tuple[Sight, Sight]:
        """Return what the kind of each record can see."""
        own, others = self._state.sources
        return sight_of(own), sight_of(others or self._rules.witness or "")


def _count(moments: Sequence[int], place: int, within: int) -> int:
    """Return how many of the moments, in their order, lie within so many ms of a place."""
    return bisect_right(moments, place + within) - bisect_left(moments, place - within)


def moment(seen: Sighting) -> int:
    """Return when a call's outcome fell, or else when it was last heard of (ms)."""
    return seen.answered if seen.kind == ANSWERED else seen.last


def _of_one_clock(pairs: Sequence[tuple[Sighting, Sighting]]) -> bool:
    """Tell whether most pairs lie equally far apart, as they do where one id is one call."""
    offset = of_pairs(pairs).offset
    return 2 * sum(abs(second.start - first.start - offset) <= LOOSE for first, second in pairs) >= len(pairs)
