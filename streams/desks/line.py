"""The fold of one line's calls, event by event, into its totals.

`Line.fold` is the heart of Tocsin, shared by the live worker, files and tests. A call is *live* while a timely event
can still change it, which is until its start plus `max_call` lies behind the watermark. Then it *settles*: its figures
enter the sums, and a compact record of it remains, through which late or repeated events find it. Totals are sums over
calls with one outcome each, so they do not depend on the order or the batches of the events.
"""

from __future__ import annotations

from typing import assert_never
from zlib import crc32

from streams.calls.call import (
    ANSWERED,
    DIVERTED,
    LOST,
    MAX_CALL_IDENTITIES,
    OFFERED,
    OPEN,
    REASON_INDEX,
    RINGING,
    SEEN_BIT,
    UNRESOLVED,
    Call,
    agent_number,
    implied_start,
)
from streams.calls.definition import Definitions
from streams.calls.rules import LineRules
from streams.decoding import Invalid
from streams.desks.line_figures import LineFigures
from streams.desks.line_state import LineState
from streams.desks.line_witness import LineWitness
from streams.desks.live_calls import LiveCalls
from streams.desks.reported import ReadingsBook, Reported, leave_days
from streams.desks.reviewed import review_desk
from streams.events import CallEvent, Reading, Review, milliseconds
from streams.kept.mark import AHEAD, DUPLICATE, LATE, OK
from streams.kept.shown import TALK_BOUNDS, WAIT_BOUNDS
from streams.kept.times import DAY_MS, FOREVER, NO_CLOCK, NOT_TOLD, QUARTER_MS, SLOTS_A_DAY, SLOTS_AN_HOUR
from streams.ledger.book import OPEN_DAYS, Ledger
from streams.ledger.calls import count_live, name_laws, stamp
from streams.ledger.day import LineDay
from streams.said import said
from streams.watch.reported_waits import judge_waits
from streams.watch.watch import Watch


class Line:
    """The fold of call events into one line's state: its live `calls`, its `ledger` and the `watch` on its counting.

    `figures` calculates the published figures from the state.

    >>> from streams.events import CallEvent, milliseconds
    >>> line = Line(LineRules(site="lozere", line="standard"))
    >>> for kind, at in (("offered", 0), ("answered", 8), ("answered", 8)):
    ...     _ = line.fold(CallEvent(line="standard", call="1", type=kind, at=at))
    >>> line.state.offered, line.figures.count(ANSWERED), line.state.results
    (1, 1, [2, 1, 0])
    """

    def __init__(self, rules: LineRules, state: LineState | None = None) -> None:
        self.rules = rules
        self.name = rules.line
        self.state = state = state if state is not None else LineState(rules.id)
        self.definitions = Definitions(state.definitions, rules.definition)
        self.figures = LineFigures(rules, state, self.definitions)
        self.watch = Watch(rules, state.watch, state.live, self.figures.outcomes)
        # No closed day has a live call.
        open_days = OPEN_DAYS + (rules.max_call + rules.lateness) // DAY_MS + 1
        totals = rules.lifecycle == "totals"
        leave_days(state.book, totals=totals)
        self.ledger = Ledger(
            ReadingsBook(state) if totals else state, LineDay, rules.id, rules.day, open_days, rules.catalogue
        )
        self.reported = Reported(rules, state, self.ledger, self.watch) if totals else None
        self.calls = LiveCalls(rules, state, self.watch, self.ledger, self.definitions)
        self.witness = None if rules.witness is None else LineWitness(rules, state.witness, self.watch.incidents, state)
        self._lost_reasons = self.definitions.lost
        self._turn = 0

    def fold(self, event: CallEvent, now: int = NO_CLOCK) -> int:  # noqa: C901, PLR0912, PLR0915 -- the hot path: each call would cost a tenth
        """Fold an event; return `OK`, `DUPLICATE` or `LATE`. Raise `Invalid` on a line of totals.

        `now` (ms) is when the event arrived, if known. An event never moves the watermark beyond `now`. An event dated
        more than a day after `now` is rejected with `AHEAD`.
        """
        if self.reported is not None:
            raise Invalid(
                "totals-line", said("this line takes readings only (lifecycle: totals); expected no call events")
            )
        state = self.state
        calls = self.calls
        stamp = event.at
        at = round(stamp * 1000) if stamp.__class__ is float else milliseconds(stamp)
        high = state.high
        if at > high:
            if high >= self._turn:
                self._turn = self.ledger.turn(high)
            if at > now:
                if at > now + DAY_MS:
                    return AHEAD
                high = max(high, now)
            else:
                high = at
            state.high = high
        kind = event.type
        bit = SEEN_BIT[kind]
        start, wait, talk = at, NOT_TOLD, NOT_TOLD
        if bit != OFFERED:
            if event.wait is not None:
                wait = round(event.wait * 1000)
                start -= wait
            if event.talk is not None:
                talk = round(event.talk * 1000)
                start -= talk

        watch = self.watch
        key = event.call
        call = state.live.get(key)
        if call is None or (start != call.start and abs(start - call.start) > self.rules.max_call):
            key, call = calls.find(key, start, ends=kind == "ended" and talk < 0)
        if call.start < watch.settled:
            watch.amend(call, -1)
        types = call.types
        identities = call.identities
        identity = crc32((event.id or f"{event.source} {kind} {at}").encode())
        if identity in identities or (types & bit and not identities):
            result = DUPLICATE
        else:
            result = LATE if at < high - self.rules.lateness else OK
            if len(identities) < MAX_CALL_IDENTITIES:
                identities.append(identity)
        state.results[result] += 1

        call.types = types | bit
        if types <= RINGING < bit:
            state.offered += 1
        if start != call.start:
            # The offered event has the moment of entry; until it comes, other events imply that moment.
            is_first_offer = bit == OFFERED and not types & OFFERED
            is_earlier_word = start < call.start and types & OFFERED == bit & OFFERED
            if is_first_offer or is_earlier_word:
                calls.move(key, call, start, shown=types > RINGING)
        if event.caller is not None and event.caller > call.caller:
            call.caller = event.caller
        if bit > OFFERED:
            if event.agent is not None and (kind == "answered" or kind == "ended"):  # noqa: PLR1714 -- hot, as above
                agent = agent_number(event.agent)
                if agent > call.agent:  # noqa: PLR1730 -- hot, as above
                    call.agent = agent
            before = call.outcome
            if kind == "answered":
                call.answer(at if talk < 0 else max(0, at - talk), wait)
            elif kind == "lost" and (reason := REASON_INDEX[event.reason]) in self._lost_reasons[call.by]:
                call.lose(at, wait, reason)
            elif kind == "lost" or kind == "diverted":  # noqa: PLR1714 -- hot, as above
                call.divert(at, wait, REASON_INDEX[event.reason], event.to or "")
            elif kind != "ended" and kind != "offered" and kind != "ringing":  # noqa: PLR1714 -- hot, as above
                assert_never(kind)
            if call.outcome != before:
                self._recount(call, before)
            if kind == "ended" or talk >= 0:
                self._end(call, at, talk)
        if call.start < watch.settled:
            watch.amend(call, 1)
        if high >= watch.next:  # before calls settle, because the watch looks at live ones
            self._tick(high)
        witness = self.witness
        if witness is not None:
            witness.take(0, event, at)
            if high >= witness.next:
                witness.look(high)
        queue = calls.queue
        limit = high - calls.horizon
        if queue and queue[0][0] < limit:
            calls.settle_before(limit)
        return result

    def key(self, event: CallEvent) -> str:
        """Return the key under which the call of a folded event is kept; see `LiveCalls.key`."""
        ends = event.type == "ended" and event.talk is None
        return self.calls.key(event.call, implied_start(event), ends=ends)

    def read(self, reading: Reading, now: int = NO_CLOCK) -> int:
        """Fold a reading; return `OK`, `DUPLICATE`, `LATE` or `AHEAD`, as `fold` does."""
        at = milliseconds(reading.at)
        if at > now + DAY_MS:
            return AHEAD
        if self.reported is not None:
            result = self.reported.take(reading, at, now)
        else:
            result = self.watch.read(reading, at, now)
        self.state.readings.results[result] += 1
        if result == OK and judge_waits(self.watch.incidents, reading, at):
            self.watch.incidents.count()
        return result

    def bear(self, event: CallEvent, now: int = NO_CLOCK) -> int:
        """Fold an event of the line's witness; return `OK`, `DUPLICATE`, `LATE` or `AHEAD`, as `fold` does.

        Raise `Invalid` if the line has none.
        """
        witness, at = self.witness, milliseconds(event.at)
        if witness is None:
            raise Invalid(
                "no-witness",
                said(
                    "line {name} has no witness, but source {source} sends events as one; expected the name of that "
                    "source at `lines.{line}.witness`",
                    name=repr(self.name),
                    line=self.name,
                    source=repr(event.source),
                ),
            )
        if at > now + DAY_MS:
            return AHEAD
        result = witness.take(1, event, at)
        self.state.witness.mark.results[result] += 1
        if witness.due:
            witness.look(self.state.high)
        return result

    def review(self, review: Review, now: int = NO_CLOCK) -> int:
        """Apply a person's decision, as `review_desk` does."""
        return review_desk(self.state, self.watch, review, now)

    @property
    def due(self) -> int:
        """Return the moment (ms) before which `advance` changes nothing. Only an event can make it earlier."""
        if self.reported is not None:
            return FOREVER
        queue, witness = self.calls.queue, self.witness
        first = queue[0][0] + 1 if queue else FOREVER
        settled = min(first, self.state.depth.following.over(self.rules.day)) + self.calls.horizon
        return min(self.watch.next, settled, FOREVER if witness is None else witness.next)

    def advance(self, now: int) -> bool:
        """Watch the line and settle its open calls; all events up to `now` (ms) must have come.

        Return whether that changed anything.
        """
        if self.reported is not None:
            return False
        due, live = now >= self.watch.next, len(self.state.live)
        if due:
            self._tick(now)
        witnessed = self.witness is not None and now >= self.witness.next
        if self.witness is not None and witnessed:
            self.witness.look(now)
        self._settle_all(now)
        return due or witnessed or len(self.state.live) < live

    def close(self, now: int) -> None:
        """Finish a file that is complete up to `now` (ms): calls that are still open become unresolved."""
        if self.reported is not None:
            self.reported.close()
            return
        first = self.state.watch.due - SLOTS_AN_HOUR
        if self.witness is not None:
            self.witness.close(now)
        self.watch.close(now, self.state.results)
        self._name_laws(first, self.state.watch.due)
        self._settle_all(FOREVER)

    def _settle_all(self, now: int) -> None:
        """Settle the calls that no timely event can change at `now` (ms)."""
        limit = now - self.calls.horizon
        self.calls.settle_before(limit)
        self.state.depth.advance(limit, self.rules)
        self.watch.day_over(self.rules.day(limit))

    def keep_days(self) -> None:
        """Make the ledger keep the days of a new book, with everything folded so far.

        Later events change them in parts.
        """
        book = self.state.book
        self.calls.settle_days(book.kept)
        book.kept_until = -1

    def days(self) -> list[LineDay]:
        """Return the open days of the ledger. Live calls count as they are now."""
        live = ((call.start // QUARTER_MS, call) for call in self.state.live.values() if call.attempted)
        return self.ledger.days(live, self._count_live)

    def _count_live(self, day: LineDay, call: Call) -> None:
        """Count a live call, as it is now, in a copy of its day."""
        count_live(day, call, self.definitions.of[call.by])
        stamp(day, self.definitions.said[call.by])

    def _tick(self, now: int) -> None:
        """Let the watch inspect the slots that are over, and record the broken laws; do both again an hour later."""
        due = self.state.watch.due
        # After a long silence the watch drops the last calls, so their broken laws are recorded first.
        a_day_later = (due + SLOTS_A_DAY) * QUARTER_MS + self.rules.lateness if due else now
        for moment in sorted({min(now, a_day_later), now}):
            first = self.state.watch.due - SLOTS_AN_HOUR
            self.watch.tick(moment, self.state.results)
            self._name_laws(first, self.state.watch.due)

    def _name_laws(self, first: int, end: int) -> None:
        """Record in the ledger the broken laws of the slots from `first` to before `end`."""
        days = self.state.watch.days
        # The slots beyond this bound have no calls.
        for slot_no in range(first, min(end, first + 2 * SLOTS_A_DAY + self.rules.lateness // QUARTER_MS)):
            seen = days.get(self.watch.slot_times.of(slot_no).day, {}).get(slot_no)
            if seen is not None:
                name_laws(self.ledger, slot_no, seen)

    def _end(self, call: Call, at: int, talk: int) -> None:
        first = call.outcome == ANSWERED and call.ended < 0
        call.end(at, talk)
        if first:
            self.state.shown.talk.observe(TALK_BOUNDS, call.talked)

    def _recount(self, call: Call, before: int) -> None:
        """Count a call by its present outcome instead of its previous one."""
        state = self.state
        outcome = call.outcome
        if not before and call.ended >= 0:  # the call was unresolved, because it had ended before
            state.shown.before_fall(UNRESOLVED, self.figures.unresolved() + 1)
        state.counts[outcome] = state.counts.get(outcome, 0) + 1
        if before:
            state.uncount(before)
        elif outcome < DIVERTED:
            self.watch.outcome(call, outcome != ANSWERED, state.high)
            if call.wait >= 0:
                histogram = state.shown.answered_wait if outcome == ANSWERED else state.shown.lost_wait
                histogram.observe(WAIT_BOUNDS, call.wait)
        if outcome == ANSWERED and call.ended >= 0:  # the end came before the answer
            state.shown.talk.observe(TALK_BOUNDS, call.talked)

    def shed(self) -> bool:
        """Shrink the state by forgetting the watch's memory first, then that of the calls. Return whether it shrank."""
        return self.watch.shed() or self.calls.shed()

    def check(self) -> None:
        """Raise AssertionError if the state contradicts itself."""
        state, total = self.state, self.figures.total()
        still_open = sum(call.outcome == OPEN for call in state.live.values() if call.attempted)
        self.calls.check()
        if self.reported is not None:
            self.reported.check()
            return
        assert all(number >= 0 for number in state.counts.values())
        assert state.offered == sum(state.counts.values()) + still_open
        assert (total.answered, total.lost, total.diverted) == tuple(
            map(self.figures.count, (ANSWERED, LOST, DIVERTED))
        )
        for waits in (total.answered_waits, total.lost_waits, total.talks, total.abandoned_waits, total.other_waits):
            assert waits.count == sum(waits.bins.values())
            assert all(number > 0 for number in waits.bins.values())
        assert total.abandoned_waits.count + total.other_waits.count <= total.lost + total.diverted
        state.depth.check()
