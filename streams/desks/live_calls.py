"""The live calls of one line: how calls become live, how they settle, and the sums over settled calls."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from streams.calls.call import OPEN, UNRESOLVED, Call
from streams.calls.definition import Definitions
from streams.calls.rules import LineRules
from streams.desks.line_state import MAX_LIVE_CALLS, LineState
from streams.kept import memory
from streams.kept.digest import digest
from streams.kept.times import QUARTER_MS
from streams.ledger.book import Ledger
from streams.ledger.calls import count, stamp
from streams.ledger.day import LineDay
from streams.watch.watch import Watch


class LiveCalls:
    """A queue of one line's live calls by start, which settles them.

    `queue` has pairs (start, key), earliest first. A call whose start has moved is in the queue twice; only the entry
    with its present start counts. No timely event of a call comes later than `horizon` (ms) after its start.
    """

    def __init__(
        self, rules: LineRules, state: LineState, watch: Watch, ledger: Ledger[LineDay], definitions: Definitions
    ) -> None:
        self.horizon = rules.max_call + rules.lateness
        self.queue: list[tuple[int, str]] = []
        self._rules = rules
        self._state = state
        self._watch = watch
        self._ledger = ledger
        self._pages = ledger.pages
        self._definitions = definitions
        self._line_up()

    def recall(self, key: str, implied: int) -> Call:
        """Make a call live: a new call, or a settled one, which is then removed from the sums and the memory."""
        state = self._state
        name = digest(key)
        call = memory.recall(state, name)
        if call is None:
            call = Call(implied)
            call.name = name
            call.by = self._definitions.now
        else:
            call.name = name
            self._watch.come_back(name)
            self._sum(call, -1)
            if call.caller or call.agent or call.to:
                state.depth.recall(call)
        if len(state.live) >= MAX_LIVE_CALLS:
            self._cut()
        state.live[key] = call
        heappush(self.queue, (call.start, key))
        return call

    def move(self, key: str, call: Call, start: int, *, shown: bool) -> None:
        """Move a live call to another start (ms); `shown` says whether the ledger may show it at the previous start."""
        slot_no = call.start // QUARTER_MS
        if shown and slot_no != start // QUARTER_MS:
            self._ledger.page(slot_no)  # otherwise a call that was alone on that day would stay there
        call.start = start
        heappush(self.queue, (start, key))
        if len(self.queue) > 2 * MAX_LIVE_CALLS:
            self._line_up()

    def settle_before(self, limit: int) -> None:
        """Settle the calls that started before a moment (ms)."""
        queue = self.queue
        while queue and queue[0][0] < limit:
            self._settle(*heappop(queue))

    def settle_days(self, last: int) -> None:
        """Settle the calls that entered up to a local day (an ordinal)."""
        for key, call in list(self._state.live.items()):
            if self._rules.day(call.start) <= last:
                self._settle(call.start, key)

    def shed(self) -> bool:
        """Shrink the state: settle half of the live calls early, otherwise forget. Return whether it shrank."""
        state = self._state
        if state.live:
            for _ in range((len(state.live) + 1) // 2):
                self._cut()
            return True
        return memory.forget(state)

    def _line_up(self) -> None:
        """Rebuild the queue without the outdated entries of moved calls."""
        self.queue[:] = [(call.start, key) for key, call in self._state.live.items()]
        heapify(self.queue)

    def _cut(self) -> None:
        """Settle the live call that entered first, to make room."""
        state = self._state
        state.cut += 1
        full = len(state.live)
        while len(state.live) == full:
            self._settle(*heappop(self.queue), watched=False)

    def _settle(self, start: int, key: str, *, watched: bool = True) -> None:
        state = self._state
        call = state.live.get(key)
        if call is None or call.start != start:
            return  # the call's start has moved, so another entry of the queue counts
        del state.live[key]
        if not call.attempted:
            return
        if watched:
            self._watch.leave(call)
        else:
            state.watch.missed += 1
        self._sum(call, 1)
        if call.caller or call.agent or call.to or state.depth.following.calls:
            state.depth.settle(call, self._rules)
        call.identities = []
        memory.keep(state, call.name, call)
        call.name = 0  # in the memory the name is the key

    def _sum(self, call: Call, times: int) -> None:
        """Add a settled call to the sums, or remove it if `times` is -1."""
        state = self._state
        slot_no = call.start // QUARTER_MS
        page = self._pages.get(slot_no) or self._ledger.page(slot_no)
        by = self._definitions.of[call.by]
        count(page, call, by, times)
        stamp(page, self._definitions.said[call.by])
        if call.outcome == OPEN:
            if times > 0:
                state.counts[UNRESOLVED] = state.counts.get(UNRESOLVED, 0) + 1
            else:
                state.uncount(UNRESOLVED)
            return
        state.rings.add(call, by, state.high, times)

    def check(self) -> None:
        """Raise AssertionError if the calls contradict themselves."""
        state = self._state
        assert len(state.live) <= MAX_LIVE_CALLS
        memory.check(state)
        assert {(call.start, key) for key, call in state.live.items()} <= set(self.queue)
