"""A witness of a line: a second record of its calls, matched call by call with the line's own as both arrive.

Both records are kept until no timely event can change them: the longest call and a grace period after both have passed.
Until then every look matches them again, so the order of the events does not matter. There is a look for every five
minutes of both records. After that time, one quarter of an hour after the other *settles*: its calls enter the sums and
the ledger, and later events of these calls count as late.

A call that is missing in one record is a difference only if that record has calls before and after it. A witness that
is silent during some calls of the line covers none of them: its gap is no evidence against the line.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from operator import itemgetter
from typing import Final, Literal, NamedTuple, TypeAlias
from zlib import crc32

from streams.calls.call import ANSWERED, MAX_CALL_IDENTITIES, REASON_INDEX
from streams.calls.counts import Counts
from streams.calls.rules import LineRules
from streams.desks.line_witness_matching import HAPPENED, Found, Matched, WitnessMatching, moment
from streams.desks.line_witness_state import MAX_WAITING_CALLS, LineWitnessState
from streams.events import CallEvent
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.kept.times import FOREVER, HOUR_MS, MINUTE_MS, QUARTER_MS
from streams.ledger.book import BookHolder
from streams.ledger.day import WitnessDay
from streams.ledger.witness import WitnessLedger, cover
from streams.reconcile.matching import FEWEST
from streams.reconcile.sighting import Sight, counted
from streams.reconcile.witnessed import updated
from streams.watch.facts import Contradiction
from streams.watch.incidents import Incidents
from streams.watch.second_record import HOURS_A_DAY, LOOK, Disputed, SecondRecord, cause_of, last_look

Result: TypeAlias = Literal["matched", "only_here", "only_there", "contradicted", "ambiguous", "uncovered"]

GRACE: Final = 3 * MINUTE_MS  # beyond the lateness, before a record counts as lacking a call: rows are written late
_WEIGHT: Final[Mapping[str, int]] = {"ambiguous": 2}  # how many calls a result counts for, if not one


class Witnessing(NamedTuple):
    """The combined result of both records so far."""

    source: str
    told: Counts  # by the witness alone
    best: Counts  # by both records
    coverage: float  # share of the line's calls that the witness covers
    matched: int
    only_here: int
    only_there: int
    contradicted: int
    ambiguous: int
    uncovered: int
    late: int
    dropped: int
    unheard: int  # at the last look: calls of the line in a row since the witness's last event


class LineWitness:
    """The matcher of a line and its witness; `next` is the moment (ms) of the next look.

    A call settles `horizon` (ms) after its start.
    """

    def __init__(self, rules: LineRules, state: LineWitnessState, incidents: Incidents, line: BookHolder) -> None:
        self.state = state
        self.ledger = WitnessLedger(state, line, rules.id, rules.day, rules.catalogue)
        self._rules = rules
        self._lost = frozenset(REASON_INDEX[each] for each in rules.lost_reasons)
        self._grace = rules.lateness + GRACE
        self.horizon = rules.max_call + self._grace
        self._matching = WitnessMatching(rules, state)
        self._second = SecondRecord(state, incidents)
        self.next = 0
        self._sums: LineWitnessState | None = None  # including the result of the last look
        self._counted: tuple[set[str], set[str]] = (set(), set())  # the waiting calls that these sums include

    def take(self, side: int, event: CallEvent, at: int) -> int:
        """Fold an event of the line (0) or of the witness (1); return `OK`, `DUPLICATE` or `LATE`."""
        state = self.state
        calls = state.calls[side]
        state.sources[side] = state.sources[side] or event.source or ""
        state.since[side] = at if state.since[side] < 0 else min(at, state.since[side])
        before = calls.get(event.call)
        identity = crc32((event.id or f"{event.source} {event.type} {at}").encode())
        if before is not None and identity in before.identities:
            return DUPLICATE
        call = updated(before, event, at, self._lost)
        if before is None:
            if call.start - (state.ahead if side else 0) < state.settled:
                state.late += 1
                return LATE
            calls[event.call] = call
            if not side:
                self._count_call(call.start // HOUR_MS)
            if len(calls) > MAX_WAITING_CALLS:
                self._drop()
        if len(call.identities) < MAX_CALL_IDENTITIES:
            call.identities.append(identity)
        late = at < state.high[side] - self._rules.lateness
        state.high[side] = max(state.high[side], at)
        return LATE if late else OK

    def _count_call(self, hour: int) -> None:
        """Count a call of the line in its hour, and drop hours older than two days."""
        called = self.state.called
        called[hour] = called.get(hour, 0) + 1
        if len(called) > 2 * HOURS_A_DAY:
            del called[min(called)]

    @property
    def due(self) -> bool:
        """Return whether enough of the witness's record has come for another look."""
        state = self.state
        return last_look(state.high[1] - state.ahead - self._grace) > state.paired

    def look(self, now: int) -> None:
        """Match both records; the line's own events up to `now` (ms) must have come."""
        state = self.state
        state.high[0] = max(state.high[0], now)
        own = last_look(now - self._grace)
        self.next = own + LOOK + self._grace
        if state.high[1] < 0:
            return
        both = min(own, last_look(state.high[1] - state.ahead - self._grace))
        if both > state.paired:
            state.paired = both
            self._matching.set_clocks(FEWEST)
        matched = self._matching.match(own)
        self._tell(matched)
        if state.way != "undecided":
            self._settle(matched, _quarter(min(now, state.high[1] - state.ahead) - self.horizon))
        self._sum_up(matched)

    def close(self, now: int) -> None:
        """Finish files that are complete up to `now` (ms)."""
        state = self.state
        state.high[0] = max(state.high[0], now)
        state.paired = FOREVER
        self._matching.set_clocks(1)
        matched = self._matching.match(FOREVER)
        self._tell(matched)
        self._settle(matched, FOREVER)
        self._sum_up(matched)

    def figures(self) -> Witnessing:
        """Return the combined result: that of the last look, with later calls added as each record has them.

        Only the later calls cost time, so this may be called at any time.
        """
        if self._sums is None:
            self._sum_up(self._matching.match(self.state.paired))
        assert self._sums is not None
        state = copy(self._sums)
        state.late, state.dropped = self.state.late, self.state.dropped
        own, others = (
            Counter(calls[name].outcome for name in calls.keys() - names if calls[name].types & HAPPENED)
            for calls, names in zip(self.state.calls, self._counted, strict=True)
        )
        state.here += own.total()
        state.best += _counts(own)
        state.witnessed += _counts(others)
        return Witnessing(
            source=state.sources[1] or self._rules.witness or "",
            told=state.witnessed,
            best=state.best,
            coverage=1 - state.uncovered / state.here if state.here else 0.0,
            matched=state.matched,
            only_here=state.only_here,
            only_there=state.only_there,
            contradicted=state.contradicted,
            ambiguous=state.ambiguous,
            uncovered=state.uncovered,
            late=state.late,
            dropped=state.dropped,
            unheard=state.silent,
        )

    def _sum_up(self, matched: Matched) -> None:
        """Add up all calls that have settled, or that both records had time to report."""
        sums, names = copy(self.state), (set[str](), set[str]())
        for each in matched.found:
            sightings = each.call.sightings
            # otherwise the call has settled
            if each.due and all(seen.call in self.state.calls[side] for side, seen in sightings):
                _add(sums, each)
                for side, seen in sightings:
                    names[side].add(seen.call)
        last = max((at for at in matched.heard if at >= self.state.settled), default=None)
        own = (first for each in matched.found if (first := each.call.first) and first.call in self.state.calls[0])
        sums.silent = sum(each.start > last for each in own) if last is not None else sums.silent + sum(1 for _ in own)
        self._sums, self._counted = sums, names

    def _tell(self, matched: Matched) -> None:
        """Report the certain differences."""
        state, sights = self.state, self._matching.sights()
        if state.way == "undecided":
            return
        differences = []
        for each in matched.found:
            cause = cause_of(each.judged, each.call.first, each.call.second, sights)
            if cause is None or each.call.ambiguous or not (each.due and each.covered):
                continue
            side, seen = each.call.seen
            name = f"{side} {seen.call}"
            if name not in state.told:
                state.told.add(name)
                differences.append(self._disputed(cause, each, sights))
        self._second.tell(differences, self._grace)
        if state.paired < FOREVER:
            self._second.close(state.paired)

    def _disputed(self, cause: Contradiction, found: Found, sights: tuple[Sight, Sight]) -> Disputed:
        side, seen = found.call.seen
        ahead = side * self.state.ahead
        sure = sights[0] == sights[1] or found.judged.why != "unknown" or len(found.call.sightings) > 1
        return Disputed(cause, seen.start - ahead, moment(seen) - ahead, seen.call, sure)

    def _settle(self, matched: Matched, until: int) -> None:
        """Count for good the calls that began before a moment (ms) of the line's clock."""
        state = self.state
        if until <= state.settled:
            return
        found = [each._replace(due=True) for each in matched.found if each.start(state.ahead) < until]
        heard = [at for at in matched.heard if at < until]
        self._write(found, matched.covered, until)
        self._weigh(found)
        for each in found:
            _add(state, each)
            for side, seen in each.call.sightings:
                state.calls[side].pop(seen.call, None)
                state.told.discard(f"{side} {seen.call}")
        for side, calls in enumerate(state.calls):  # ringing legs, and lone end events
            for name, call in list(calls.items()):
                if not call.types & HAPPENED and call.start - side * state.ahead < until:
                    del calls[name]
        if heard:
            state.silent = state.silent_answered = 0
        own = [first for each in found if (first := each.call.first) and first.start > (heard or [-1])[-1]]
        state.silent += len(own)
        state.silent_answered += sum(each.kind == ANSWERED for each in own)
        state.settled = until

    def _weigh(self, found: Iterable[Found]) -> None:
        """Update, call by call, the evidence that the witness lacks more of the line's calls than it may lose."""
        sights = self._matching.sights()
        seen = [(own.start, own.call, each) for each in found if (own := each.call.first) is not None]
        for start, _, each in sorted(seen, key=itemgetter(0, 1)):
            if each.covered and not each.call.ambiguous:
                cause = cause_of(each.judged, each.call.first, each.call.second, sights)
                lacked = self._disputed(cause, each, sights) if cause == "only here" else None
                self._second.settle(start, lacked, _quarter(start) + QUARTER_MS + self.horizon)

    def _write(self, found: Iterable[Found], covered: Callable[[int], bool], until: int) -> None:
        """Write to the ledger the slots that these calls settle."""
        state, source = self.state, self.state.sources[1]
        since = min((each for each in state.since if each >= 0), default=FOREVER)
        first = max(state.settled, since - state.ahead) // QUARTER_MS
        both: defaultdict[int, Counts] = defaultdict(Counts)
        silent = set[int]()
        for each in found:
            slot_no = each.start(state.ahead) // QUARTER_MS
            if slot_no < first:
                continue  # its slot has settled
            page = self.ledger.page(slot_no, source)
            if each.call.second is not None:
                page.told += counted(each.call.second.outcome)
            result = _result(each)
            if result is not None:
                _count(page, result)
                both[slot_no] += counted(each.judged.outcome)
            if result == "uncovered":
                silent.add(slot_no)
        end = min(until, max(state.high) + QUARTER_MS) // QUARTER_MS
        for slot_no in range(first, end):
            start = slot_no * QUARTER_MS
            if slot_no not in silent and covered(start) and covered(start + QUARTER_MS - 1):
                cover(self.ledger.page(slot_no, source), slot_no, both[slot_no])
        if until < FOREVER:
            self.ledger.turn(until)

    def _drop(self) -> None:
        """Settle the earliest slot with waiting calls, to make room."""
        state = self.state
        first = min(
            call.start - side * state.ahead for side, calls in enumerate(state.calls) for call in calls.values()
        )
        waiting = sum(map(len, state.calls))
        matched = self._matching.match(state.paired)
        self._settle(matched, _quarter(first) + QUARTER_MS)
        self._sum_up(matched)
        state.dropped += waiting - sum(map(len, state.calls))


def _add(state: LineWitnessState, found: Found) -> None:
    """Count a call that both records had time to report."""
    if found.call.second is not None:
        state.witnessed += counted(found.call.second.outcome)
    result = _result(found)
    if result is not None:
        state.best += counted(found.judged.outcome)
        state.here += found.call.first is not None
        _count(state, result)


def _count(sums: LineWitnessState | WitnessDay, result: Result) -> None:
    setattr(sums, result, getattr(sums, result) + _WEIGHT.get(result, 1))


def _counts(outcomes: Mapping[int, int]) -> Counts:
    return sum((counted(outcome, calls) for outcome, calls in outcomes.items()), Counts())


def _result(found: Found) -> Result | None:
    """Return a call's result; None if only the witness has it, at a time that the line's record does not cover."""
    if found.call.ambiguous:
        return "ambiguous"
    if not found.covered:
        return None if found.call.first is None else "uncovered"
    if found.call.first is None:
        return "only_there"
    if found.call.second is None:
        return "only_here"
    return "matched" if found.judged.standing == "matched" else "contradicted"


def _quarter(at: int) -> int:
    return at // QUARTER_MS * QUARTER_MS
