"""The matching of a line's calls with those of its witness, and which differences are already conclusive.

The matcher of `tocsin reconcile` (`streams.reconcile.matching`) is used, with additions for a live line, whose calls
are matched again at every look until they settle. A call that one record lacks is a difference only if the other record
was there (`covered`) and had time to report the call (`due`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from streams.calls.call import ANSWERED, OPEN, RINGING, SEEN_BIT
from streams.calls.rules import LineRules
from streams.desks.line_witness_state import LineWitnessState
from streams.kept.times import HOUR_MS, MINUTE_MS
from streams.reconcile.matching import Pairing, by_id, decide, join, match
from streams.reconcile.offset import TRACKED, of_pairs, of_strangers
from streams.reconcile.sighting import Sight, Sighting, sight_of, sighting
from streams.reconcile.verdict import Judged, judge

SILENT: Final = 8  # calls of the line in a row; a witness that misses them all was silent
SILENT_ANSWERED: Final = 3  # the same for answered calls, which faults of the counting seldom hide
# If no id is shared, two unmatched calls this close together, one in each record, may be the same call, kept apart by a
# clock's drift overnight. They prove nothing until the calls around them show the offset.
NEARBY: Final = MINUTE_MS
AROUND: Final = HOUR_MS
MANIFOLD: Final = 2  # joined calls around such a pair for each unmatched call; a wrong offset joins few
HAPPENED: Final = ~(RINGING | SEEN_BIT["ended"])  # a ringing leg, or a lone end event, is no call


class Found(NamedTuple):
    """A call as matched at one look."""

    call: Pairing
    judged: Judged
    covered: bool  # the record that lacks the call covers its moment
    due: bool  # both records had time to report it

    def start(self, ahead: int) -> int:
        """Return the start (ms) by the line's clock."""
        side, seen = self.call.seen
        return seen.start - side * ahead


class Matched(NamedTuple):
    """The result for all waiting calls, and the witness's presence."""

    found: list[Found]
    covered: Callable[[int], bool]  # whether the witness covers a moment (ms) of the line's clock
    heard: list[int]  # the moments (ms, line's clock) of the witness's events, in order


class WitnessMatching:
    """The matcher of a line's waiting calls with those of its witness."""

    def __init__(self, rules: LineRules, state: LineWitnessState) -> None:
        self._state = state
        self._rules = rules

    def set_clocks(self, fewest: int) -> None:
        """Decide how calls are joined if that is still undecided; otherwise follow the clocks' offset.

        At least `fewest` pairs with the same id show that the records share ids.
        """
        state = self._state
        first, second = self._sightings()
        if not first or not second:
            return
        shared = by_id(first, second)
        knot = None
        if state.way == "undecided":
            decided = decide(first, second, shared, fewest)
            if decided is not None:
                state.way, knot = decided
        elif state.way == "time":
            knot = of_strangers(first, second, state.ahead, TRACKED)
            # A clock may have been set. `tocsin reconcile` asks that if few calls are joined; here the window is short,
            # and a fault of the line may hide most of them, so any joined call shows that the offset still holds.
            if knot is None and not join("time", first, second, self._offset).certain:
                knot = of_strangers(first, second)
        elif len(shared) >= fewest:
            knot = of_pairs(shared)
        if knot is not None:
            state.ahead = knot.offset

    def match(self, own: int) -> Matched:
        """Match all waiting calls; the line's own record is complete up to `own` (ms)."""
        first, second = self._sightings()
        heard = sorted(at - self._state.ahead for each in second for at in (each.start, each.last))
        covered = self._covering(first, heard)
        return Matched(list(self._found(first, second, covered, own)), covered, heard)

    def _found(
        self, first: Sequence[Sighting], second: Sequence[Sighting], covered: Callable[[int], bool], own: int
    ) -> Iterator[Found]:
        state, sights, ahead = self._state, self.sights(), self._state.ahead
        ids = state.way == "id"
        callers = {each.base for each in first if ids}, {each.base for each in second if ids}
        pairings = list(match(join(state.way, first, second, self._offset), first, second, self._offset, callers))
        apart = _starts(pairings, 0, ahead), _starts(pairings, 1, ahead)
        both = [(each.first, each.second) for each in pairings if each.first and each.second and not each.ambiguous]
        shown = sorted(one.start for one, other in both if one.outcome != OPEN != other.outcome)
        for pairing in pairings:
            one, other = pairing.first, pairing.second
            there = True
            if one and other:
                due = one.outcome != OPEN != other.outcome or max(one.last, other.last - ahead) <= own
                due = due and max(moment(one), moment(other) - ahead) <= own
            else:
                side, seen = pairing.seen
                start, last = seen.start - side * ahead, seen.last - side * ahead
                until = own if side else min(own, state.paired)
                due = last <= until and self._complete(seen, until + side * ahead)
                if due and state.way == "time" and _count(apart[1 - side], start, NEARBY):
                    due = _count(shown, start, AROUND) > MANIFOLD * min(_count(each, start, AROUND) for each in apart)
                there = state.since[0] <= start <= state.high[0] if side else covered(start) and covered(last)
            yield Found(pairing, judge(pairing, sights, self._rules.day), there, due)

    def _offset(self, _at: int) -> int:
        """Return by how much (ms) the witness's clock is ahead; this is the same for all waiting calls."""
        return self._state.ahead

    def _covering(self, first: Sequence[Sighting], heard: Sequence[int]) -> Callable[[int], bool]:
        """Return a function that decides whether the witness covers a moment (ms) of the line's clock."""
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
        """Return whether a record that is complete up to a moment (ms of its clock) has all events of a call."""
        if seen.start + self._rules.max_call <= until or seen.cut:
            return True
        return seen.outcome != OPEN and (seen.kind != ANSWERED or seen.last > seen.answered or seen.talk >= 0)

    def sights(self) -> tuple[Sight, Sight]:
        """Return which kinds of events each record contains."""
        own, others = self._state.sources
        return sight_of(own), sight_of(others or self._rules.witness or "")


def _starts(pairings: Sequence[Pairing], side: int, ahead: int) -> list[int]:
    """Return the starts (ms, line's clock) of the calls that only one record has, in order."""
    lone = (each.seen for each in pairings if each.first is None or each.second is None)
    return sorted(seen.start - side * ahead for at, seen in lone if at == side)


def _count(moments: Sequence[int], place: int, within: int) -> int:
    """Return how many of the ordered moments lie within `within` ms of a place."""
    return bisect_right(moments, place + within) - bisect_left(moments, place - within)


def moment(seen: Sighting) -> int:
    """Return the moment (ms) of a call's outcome, or of its last event if it has no outcome."""
    return seen.answered if seen.kind == ANSWERED else seen.last
