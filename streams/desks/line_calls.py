"""The calls of one line, live and settled: how they become one and the other, and the sums over those that settled."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from streams.calls.call import ANSWERED, DIVERTED, LOST, OPEN, UNRESOLVED, Call
from streams.calls.rules import LineRules
from streams.desks.line_state import MAX_LIVE, LineFigures, LineState
from streams.kept import memory
from streams.kept.digest import digest
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.ledger.book import OPEN_DAYS, Ledger
from streams.ledger.calls import count
from streams.ledger.day import LineDay
from streams.watch.watch import Watch


class LineCalls(LineFigures):
    """Hold the calls of one line: live ones queue by their start, settled ones are in the sums and the memory."""

    def __init__(self, rules: LineRules, state: LineState) -> None:
        super().__init__(rules, state)
        self._horizon = rules.max_call + rules.lateness
        self.watch = Watch(rules, state.watch, state.live, self.totals)
        # No live call is on a closed day.
        open_days = OPEN_DAYS + self._horizon // DAY_MS + 1
        self.ledger = Ledger(state, LineDay, rules.id, rules.day, open_days)
        self._pages = self.ledger.pages
        self._line_up()

    def shed(self) -> bool:
        """Make the state smaller: half of the live calls settle early, else memory goes; tell whether it did."""
        state = self.state
        if self.watch.shed():
            return True
        if state.live:
            for _ in range((len(state.live) + 1) // 2):
                self._cut()
            return True
        return memory.forget(state)

    def _line_up(self) -> None:
        """Queue the live calls to settle, without those places that they have moved from."""
        self._queue = [(call.start, key) for key, call in self.state.live.items()]
        heapify(self._queue)

    def _uncount(self, outcome: int) -> None:
        """Take one call out of the count of an outcome."""
        counts = self.state.counts
        self.state.shown.before_fall(outcome, counts[outcome])
        counts[outcome] -= 1

    def _recall(self, key: str, implied: int) -> Call:
        """Make a call live: a settled one, taken back from the totals and the memory, or a new one."""
        state = self.state
        name = digest(key)
        call = memory.recall(state, name)
        if call is None:
            call = Call(implied)
            call.name = name
        else:
            call.name = name
            self.watch.come_back(name)
            self._sum(call, -1)
            if call.caller or call.agent or call.to:
                state.depth.recall(call)
        if len(state.live) >= MAX_LIVE:
            self._cut()
        state.live[key] = call
        heappush(self._queue, (call.start, key))
        return call

    def _cut(self) -> None:
        """Settle the live call that entered first, to make room."""
        state = self.state
        state.cut += 1
        full = len(state.live)
        while len(state.live) == full:
            self._settle(*heappop(self._queue), watched=False)

    def _settle_before(self, limit: int) -> None:
        queue = self._queue
        while queue and queue[0][0] < limit:
            self._settle(*heappop(queue))

    def _settle(self, start: int, key: str, *, watched: bool = True) -> None:
        """Put a live call into the totals and the memory."""
        state = self.state
        call = state.live.get(key)
        if call is None or call.start != start:
            return  # it moved, and stands elsewhere in the queue
        del state.live[key]
        if not call.attempted:
            return
        if watched:
            self.watch.leave(call)
        else:
            state.watch.missed += 1
        self._sum(call, 1)
        if call.caller or call.agent or call.to or state.depth.following.calls:
            state.depth.settle(call, self.rules)
        call.identities = []
        memory.keep(state, call.name, call)
        call.name = 0  # it stands outside now

    def _sum(self, call: Call, times: int) -> None:
        """Add a settled call to the sums, or take it out with `times=-1`."""
        state = self.state
        slot_no = call.start // QUARTER_MS
        count(self._pages.get(slot_no) or self.ledger.page(slot_no), call, self.rules.within, times)
        if call.outcome == OPEN:
            if times > 0:
                state.counts[UNRESOLVED] = state.counts.get(UNRESOLVED, 0) + 1
            else:
                self._uncount(UNRESOLVED)
            return
        state.rings.add(call, self.rules, state.high, times)

    def check(self) -> None:
        """Raise AssertionError where the state contradicts itself."""
        state = self.state
        calls = [call for call in state.live.values() if call.attempted]
        assert all(count >= 0 for count in state.counts.values())
        assert state.offered == sum(state.counts.values()) + sum(call.outcome == OPEN for call in calls)
        assert len(state.live) <= MAX_LIVE
        memory.check(state)
        assert {(call.start, key) for key, call in state.live.items()} <= set(self._queue)
        total = self.total()
        assert (total.answered, total.lost, total.diverted) == tuple(map(self.count, (ANSWERED, LOST, DIVERTED)))
        for waits in (total.answered_waits, total.lost_waits, total.talks, total.abandoned_waits, total.other_waits):
            assert waits.count == sum(waits.bins.values())
            assert all(count > 0 for count in waits.bins.values())
        assert total.abandoned_waits.count + total.other_waits.count <= total.lost + total.diverted
        state.depth.check()
